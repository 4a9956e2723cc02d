import uuid
from decimal import Decimal
from typing import ClassVar

import uuid_utils.compat
from django.conf import settings
from django.db import models
from django.db.models.functions import Lower, Now

from foundation.model_fields import MoneyField
from products.models import PRICE_DIGITS, Product
from stores.models import Store

TOTAL_DIGITS = 12  # before the decimal mark
TOTAL_FITS = "orders_order_total_has_twelve_digits"


def new_order_id() -> uuid.UUID:
    """A UUID of version 7: it begins with the time, so new ones go to the right end of the index.

    It is not secret: a guest's access needs a token (`orders.guests`).
    """
    return uuid_utils.compat.uuid7()


class Order(models.Model):
    """An order from one store. REJECTED: nothing was deducted, see `shortages`."""

    class Status(models.TextChoices):
        CONFIRMED = "CONFIRMED", "confirmed"
        REJECTED = "REJECTED", "rejected"
        CANCELLED = "CANCELLED", "cancelled"

    id = models.UUIDField(primary_key=True, default=new_order_id, editable=False)
    # Indexes below begin with the store and the customer, so neither needs one of its own.
    store = models.ForeignKey(Store, models.PROTECT, related_name="orders", db_index=False)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="orders", db_index=False
    )
    email = models.EmailField(blank=True, db_default="", help_text="Where the confirmation goes. Empty: none is sent.")
    access_digest = models.CharField(
        max_length=64, blank=True, db_default="", editable=False, help_text="SHA-256 of a guest's access token."
    )
    status = models.CharField(max_length=10, choices=Status.choices)
    total = MoneyField(whole_digits=TOTAL_DIGITS)
    shortages = models.JSONField(
        default=list, blank=True, help_text="For a rejected order: [{product_id, requested, available}]."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmation_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmation_due_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="No attempt is made before this."
    )
    confirmation_attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    confirmation_given_up_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["store", "-created_at", "-id"], name="orders_order_newest_of_store"),
            models.Index(fields=["customer", "-created_at", "-id"], name="orders_order_of_customer"),
            models.Index(Lower("email"), name="orders_order_by_email", condition=~models.Q(email="")),
            models.Index(
                # Without the attempts, so that claims remain heap-only updates.
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
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(total__gte=Decimal(0)), name="orders_order_total_not_negative"),
            models.CheckConstraint(condition=models.Q(total__lt=Decimal(10) ** TOTAL_DIGITS), name=TOTAL_FITS),
            models.CheckConstraint(
                condition=models.Q(status__in=["CONFIRMED", "REJECTED", "CANCELLED"]), name="orders_order_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status="CANCELLED", cancelled_at__isnull=False)
                | (~models.Q(status="CANCELLED") & models.Q(cancelled_at__isnull=True)),
                name="orders_order_cancelled_at_when_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class OrderItem(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="items", db_index=False)  # see the constraint
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=64)
    name = models.CharField(max_length=300)
    quantity = models.PositiveIntegerField()
    unit_price = MoneyField(whole_digits=PRICE_DIGITS)
    line_total = MoneyField(whole_digits=TOTAL_DIGITS)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            # With the quantity, so that an index-only scan sums the units of a page of orders.
            models.UniqueConstraint(
                fields=["order", "product"], include=["quantity"], name="orders_orderitem_one_line_per_product"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="orders_orderitem_quantity_positive"),
            models.CheckConstraint(
                condition=models.Q(line_total=models.F("unit_price") * models.F("quantity")),
                name="orders_orderitem_line_total_right",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"
