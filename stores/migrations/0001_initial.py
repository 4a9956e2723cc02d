from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("products", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Store",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("state", models.CharField(blank=True, max_length=50)),
                ("zip", models.CharField(blank=True, max_length=20)),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
            ],
            options={
                "ordering": ("name", "id"),
                "indexes": [models.Index(fields=["name", "id"], name="stores_store_by_name")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(latitude__isnull=True) | models.Q(latitude__range=(-90, 90)),
                        name="stores_store_latitude_on_earth",
                        violation_error_message="A latitude is between -90 and 90.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(longitude__isnull=True) | models.Q(longitude__range=(-180, 180)),
                        name="stores_store_longitude_on_earth",
                        violation_error_message="A longitude is between -180 and 180.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoreStaff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store", models.ForeignKey("stores.Store", models.CASCADE)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),
            ],
            options={
                "verbose_name_plural": "store staff",
                "constraints": [models.UniqueConstraint(fields=("user", "store"), name="stores_storestaff_once")],
            },
        ),
        migrations.AddField(
            model_name="store",
            name="staff",
            field=models.ManyToManyField(
                related_name="stores", through="stores.StoreStaff", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="Inventory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.IntegerField(default=0)),
                ("product", models.ForeignKey("products.Product", models.CASCADE, related_name="inventory")),
                (
                    "store",
                    models.ForeignKey("stores.Store", models.CASCADE, db_index=False, related_name="inventory"),
                ),
            ],
            options={
                "verbose_name_plural": "inventory",
                "constraints": [
                    models.UniqueConstraint(fields=("store", "product"), name="stores_inventory_once"),
                    models.CheckConstraint(
                        condition=models.Q(quantity__gte=0),
                        name="stores_inventory_quantity_not_negative",
                        violation_error_message="A quantity is not negative.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockAdjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("SET", "set"),
                            ("ADJUST", "adjusted"),
                            ("COUNT", "counted"),
                            ("IMPORT", "imported"),
                            ("REPAIR", "repaired"),
                        ],
                        max_length=10,
                    ),
                ),
                ("delta", models.IntegerField(help_text="Units added; negative: units removed.")),
                (
                    "counted_at",
                    models.DateTimeField(blank=True, help_text="For a count: when the shelf was counted.", null=True),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                (
                    "actor",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, blank=True, null=True, related_name="+"
                    ),
                ),
                ("product", models.ForeignKey("products.Product", models.CASCADE, related_name="adjustments")),
                (
                    "store",
                    models.ForeignKey("stores.Store", models.CASCADE, db_index=False, related_name="adjustments"),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
                "indexes": [models.Index(fields=["store", "product", "-created_at"], name="stores_adjustment_history")],
            },
        ),
    ]
