from decimal import Decimal

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

import orders.models


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("products", "0001_initial"),
        ("stores", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=orders.models.new_order_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        db_default="",
                        help_text="Where the confirmation goes. Empty: none is sent.",
                        max_length=254,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("CONFIRMED", "confirmed"), ("REJECTED", "rejected"), ("CANCELLED", "cancelled")],
                        max_length=10,
                    ),
                ),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "shortages",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="For a rejected order: [{product_id, requested, available}].",
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("cancelled_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("confirmation_sent_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "confirmation_due_at",
                    models.DateTimeField(
                        blank=True, editable=False, help_text="No attempt is made before this.", null=True
                    ),
                ),
                ("confirmation_attempts", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
                ("confirmation_given_up_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        models.PROTECT,
                        blank=True,
                        db_index=False,
                        null=True,
                        related_name="orders",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey("stores.Store", models.PROTECT, db_index=False, related_name="orders"),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
                "indexes": [
                    models.Index(fields=["store", "-created_at", "-id"], name="orders_order_newest_of_store"),
                    models.Index(fields=["customer", "-created_at", "-id"], name="orders_order_of_customer"),
                    models.Index(
                        fields=["created_at"],
                        condition=models.Q(
                            status="CONFIRMED", confirmation_sent_at__isnull=True, confirmation_given_up_at__isnull=True
                        )
                        & ~models.Q(email=""),
                        name="orders_order_mail_due",
                    ),
                    models.Index(
                        fields=["confirmation_given_up_at"],
                        condition=models.Q(confirmation_given_up_at__isnull=False),
                        name="orders_order_mail_given_up",
                    ),
                    models.Index(
                        fields=["store", "status", "-created_at", "-id"],
                        condition=~models.Q(status="CONFIRMED"),
                        name="orders_order_unusual_of_store",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(total__gte=Decimal(0)), name="orders_order_total_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(status__in=["CONFIRMED", "REJECTED", "CANCELLED"]),
                        name="orders_order_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(status="CANCELLED", cancelled_at__isnull=False)
                        | (~models.Q(status="CANCELLED") & models.Q(cancelled_at__isnull=True)),
                        name="orders_order_cancelled_at_when_cancelled",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=64, verbose_name="SKU")),
                ("name", models.CharField(max_length=300)),
                ("quantity", models.PositiveIntegerField()),
                ("unit_price", models.DecimalField(decimal_places=2, max_digits=12)),
                ("line_total", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "order",
                    models.ForeignKey("orders.Order", models.CASCADE, db_index=False, related_name="items"),
                ),
                ("product", models.ForeignKey("products.Product", models.PROTECT, related_name="+")),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "product"), include=("quantity",), name="orders_orderitem_one_line_per_product"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(quantity__gte=1), name="orders_orderitem_quantity_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(line_total=models.F("unit_price") * models.F("quantity")),
                        name="orders_orderitem_line_total_right",
                    ),
                ],
            },
        ),
    ]
