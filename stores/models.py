from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from foundation.sort_key import sort_key
from products.models import Product


class Store(models.Model):
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    sort_key = sort_key("name")
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=50, blank=True)
    zip = models.CharField(max_length=20, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, through="StoreStaff", related_name="stores")

    class Meta:
        ordering = ("sort_key", "id")
        indexes: ClassVar = [models.Index(fields=["sort_key", "id"], name="stores_store_by_sort_key")]
        constraints: ClassVar = [
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
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="stores_store_both_coordinates",
                violation_error_message="A place has a latitude and a longitude: enter both or neither.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class StoreStaff(models.Model):
    """A user who works at a store: may see its orders and change its stock."""

    store = models.ForeignKey(Store, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    class Meta:
        verbose_name_plural = "store staff"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "store"], name="stores_storestaff_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.store}"


class Inventory(models.Model):
    """How many units of a product a store has. Without a row the store does not stock it.

    Only `stores.services` and `orders.services` change it, and record why. No index may contain
    `quantity`: it would prevent heap-only updates of the busiest table.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="inventory", db_index=False)  # see the constraint
    product = models.ForeignKey(Product, models.CASCADE, related_name="inventory")
    quantity = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "inventory"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "product"], name="stores_inventory_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=0),
                name="stores_inventory_quantity_not_negative",
                violation_error_message="A quantity is not negative.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_id} at {self.store_id}"


class StockAdjustment(models.Model):
    """A change of stock other than an order: who, why and by how much. Never edited, never deleted.

    For every inventory row: quantity = sum of its deltas - units in its confirmed, uncancelled
    orders.
    """

    class Kind(models.TextChoices):
        SET = "SET", "set"
        ADJUST = "ADJUST", "adjusted"
        COUNT = "COUNT", "counted"
        IMPORT = "IMPORT", "imported"
        REPAIR = "REPAIR", "repaired"

    store = models.ForeignKey(Store, models.CASCADE, related_name="adjustments", db_index=False)  # see the index
    product = models.ForeignKey(Product, models.CASCADE, related_name="adjustments")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    delta = models.IntegerField(help_text="Units added; negative: units removed.")
    counted_at = models.DateTimeField(null=True, blank=True, help_text="For a count: when the shelf was counted.")
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=["store", "product", "-created_at"], name="stores_adjustment_history"),
        ]

    def __str__(self) -> str:
        return f"{self.delta:+} x {self.product_id} at {self.store_id} ({self.get_kind_display()})"
