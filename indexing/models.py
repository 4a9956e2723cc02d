"""What the index still has to hear of, and which physical indices there are."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from indexing.capture import CategoryCapture, InventoryCapture, ProductCapture, version_trigger

__all__ = [
    "CategoryCapture",
    "Change",
    "IndexCheck",
    "InventoryCapture",
    "PhysicalIndex",
    "ProductCapture",
    "SyncState",
    "SyncTally",
]


class SyncStateQuerySet(models.QuerySet["SyncState"]):
    """What the index does not have yet, said once."""

    def pending(self) -> "SyncStateQuerySet":
        """Products that changed since. Only rows that are due, now or later, can be: that is what is indexed."""
        return self.filter(due_at__isnull=False, version__gt=models.F("indexed_version"))

    def parked(self) -> "SyncStateQuerySet":
        """Pending ones that could not be built or were refused."""
        return self.pending().exclude(error="")


class SyncState(models.Model):
    """One row per product: `version` grows with every change of its document, `indexed_version` is what the index has.

    No foreign key: the row of a deleted product stays as a tombstone until its deletion is long past. Versions come
    from one sequence for all products, so that a product made again under an old id still gets a higher one.
    """

    product_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()
    indexed_version = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(db_default=Now(), help_text="The first change that the index does not have.")
    # When a worker may next take the row; null: there is nothing to do. A worker that takes it moves this ahead by the
    # length of its lease, so that the work of one that dies comes back by itself.
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="Times taken since the last success.")
    error = models.TextField(blank=True, default="", help_text="Why OpenSearch or the building refused it.")

    objects = SyncStateQuerySet.as_manager()

    class Meta:
        verbose_name = "product in the index"
        verbose_name_plural = "products in the index"
        # The predicate names `due_at` alone: a further change of a row that already waits stays a heap-only update.
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="indexing_syncstate_due"),
        ]

    def __str__(self) -> str:
        return f"product {self.product_id}: version {self.version}, indexed {self.indexed_version}"


class Change(models.Model):
    """A product whose document the running transaction has changed; turned into a new version when it commits.

    Nobody ever sees a row of another transaction here, which is why the table may be unlogged.
    """

    pk = models.CompositePrimaryKey("transaction", "product_id")
    transaction = models.BigIntegerField()
    product_id = models.BigIntegerField()
    first = models.BooleanField(default=False, help_text="Of its transaction: what all are turned into versions by.")

    class Meta:
        default_permissions = ()
        triggers: ClassVar = [version_trigger()]

    def __str__(self) -> str:
        return f"product {self.product_id} in transaction {self.transaction}"


class PhysicalIndex(models.Model):
    """An index in OpenSearch that this project made: the truth about which one serves and which one is being built."""

    class State(models.TextChoices):
        BUILDING = "BUILDING", "building"
        SERVING = "SERVING", "serving"
        PREVIOUS = "PREVIOUS", "previous"

    name = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=10, choices=State.choices)
    mapping = models.CharField(max_length=64, help_text="Fingerprint of the settings and mapping it was made with.")
    loaded_to = models.BigIntegerField(default=0, help_text="While building: products up to this id are loaded.")
    created_at = models.DateTimeField(db_default=Now())
    serving_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "physical indices"
        ordering = ("-created_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"], condition=~models.Q(state="PREVIOUS"), name="indexing_one_serving_one_building"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_state_display()})"


class IndexCheck(models.Model):
    """What one run of `check_index` found."""

    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField()
    products = models.BigIntegerField(help_text="Searchable products compared.")
    documents = models.BigIntegerField(help_text="Documents compared.")
    missing = models.BigIntegerField()
    stale = models.BigIntegerField()
    extra = models.BigIntegerField()
    pending = models.BigIntegerField()
    parked = models.BigIntegerField()
    remaining = models.BigIntegerField(help_text="Still wrong at the end; without a repair, all that was wrong.")

    class Meta:
        ordering = ("-finished_at",)
        indexes: ClassVar = [models.Index(fields=["-finished_at"], name="indexing_check_latest")]

    def __str__(self) -> str:
        return f"{self.missing} missing, {self.stale} stale, {self.extra} extra, {self.remaining} remaining"


class SyncTally(models.Model):
    """How many products were brought up to date in one minute."""

    minute = models.DateTimeField(primary_key=True)
    synced = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        verbose_name_plural = "sync tallies"

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}: {self.synced} synced, {self.refused} refused"
