"""The new indexes are built beside orders that go on; the old one goes when they are there."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("orders", "0002_lean_indexes")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="order",
            name="confirmation_given_up_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(
                    ("confirmation_given_up_at__isnull", True),
                    ("confirmation_sent_at__isnull", True),
                    ("status", "CONFIRMED"),
                    models.Q(("email", ""), _negated=True),
                ),
                fields=["created_at"],
                name="orders_order_mail_due",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("confirmation_given_up_at__isnull", False)),
                fields=["confirmation_given_up_at"],
                name="orders_order_mail_given_up",
            ),
        ),
        RemoveIndexConcurrently(model_name="order", name="orders_order_unconfirmed_mail"),
    ]
