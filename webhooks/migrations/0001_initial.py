"""Tables of webhooks, and the triggers that write events (`capture.sql`)."""

import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

CAPTURE = Path(__file__).with_name("capture.sql").read_text(encoding="utf-8")
DROP_CAPTURE = """
    DROP FUNCTION webhooks_on_order, webhooks_on_stock, webhooks_on_product, webhooks_on_fall, webhooks_on_subscription,
        webhooks_reset_watched, webhooks_write CASCADE;
    DROP SEQUENCE webhooks_orders_watched, webhooks_stock_watched, webhooks_products_watched;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("orders", "0004_orders_by_email"),
        ("products", "0006_sku_in_any_case"),
        ("stores", "0003_both_coordinates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "uid",
                    models.UUIDField(
                        db_default=models.Func(function="gen_random_uuid"), default=uuid.uuid4, editable=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                (
                    "subject",
                    models.CharField(help_text="order:<id>, stock:<store>:<product> or product:<id>.", max_length=60),
                ),
                ("data", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=models.Func(function="clock_timestamp"), editable=False),
                ),
            ],
            options={
                "ordering": ("-id",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="Of the system that receives the events.", max_length=100)),
                ("url", models.CharField(max_length=2000, verbose_name="URL")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("order.confirmed", "order confirmed"),
                                ("order.rejected", "order rejected"),
                                ("order.cancelled", "order cancelled"),
                                ("stock.low", "stock low"),
                                ("stock.out", "stock out"),
                                ("product.changed", "product changed"),
                            ],
                            max_length=40,
                        ),
                        size=None,
                    ),
                ),
                (
                    "active",
                    models.BooleanField(default=True, help_text="While it is not, no events are recorded for it."),
                ),
                (
                    "low_stock",
                    models.PositiveIntegerField(
                        default=0, help_text="stock.low is sent when a store's units fall to this number or below it."
                    ),
                ),
                ("secret", models.TextField(editable=False, help_text="Encrypted.")),
                (
                    "previous_secret",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        help_text="Encrypted; it signs too until previous_until.",
                    ),
                ),
                ("previous_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(
                        default=0, editable=False, help_text="Failed attempts since a success."
                    ),
                ),
                ("failing_since", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "rests",
                    models.PositiveIntegerField(default=0, editable=False, help_text="Failed probes since a success."),
                ),
                ("rests_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("disabled_reason", models.CharField(blank=True, default="", editable=False, max_length=200)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
                "permissions": [("send_subscription", "Can send test events and redeliver")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(help_text="The event's.", max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[("PENDING", "pending"), ("DELIVERED", "delivered"), ("PARKED", "parked")],
                        db_default="PENDING",
                        default="PENDING",
                        max_length=10,
                    ),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_default=models.Func(function="clock_timestamp"), help_text="No attempt is made before this."
                    ),
                ),
                (
                    "since",
                    models.DateTimeField(
                        db_default=models.Func(function="clock_timestamp"),
                        help_text="From here the day counts after which it is parked.",
                    ),
                ),
                (
                    "lease_until",
                    models.DateTimeField(blank=True, help_text="A worker sends it now, at most until then.", null=True),
                ),
                ("attempts", models.PositiveIntegerField(db_default=0, default=0)),
                ("attempted_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="HTTP status of the last attempt.", null=True
                    ),
                ),
                (
                    "error",
                    models.CharField(
                        blank=True, db_default="", default="", help_text="Of the last attempt.", max_length=300
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.event",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.subscription",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ("-id",),
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["subscription", "id"], name="webhooks_delivery_of_one"),
                    models.Index(
                        condition=models.Q(("state", "PENDING")),
                        fields=["subscription", "due_at", "id"],
                        name="webhooks_delivery_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "PENDING")),
                        fields=["subscription", "subject", "id"],
                        name="webhooks_delivery_chain",
                    ),
                    models.Index(
                        condition=models.Q(("lease_until__isnull", False)),
                        fields=["subscription"],
                        name="webhooks_delivery_leased",
                    ),
                    models.Index(
                        condition=models.Q(("state", "PARKED")), fields=["id"], name="webhooks_delivery_parked"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "subscription"), name="webhooks_delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PENDING", "DELIVERED", "PARKED"])),
                        name="webhooks_delivery_state_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CAPTURE, DROP_CAPTURE),
    ]
