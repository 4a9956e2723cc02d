"""Which changes the index does not have yet, and which physical indices exist."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now

from products.models import Product


class SyncStateQuerySet(models.QuerySet["SyncState"]):
    def pending(self) -> "SyncStateQuerySet":
        """Products whose last change is not in the index."""
        # A pending row always has a due time. The condition on it lets PostgreSQL use the partial index.
        return self.filter(due_at__isnull=False, version__gt=models.F("indexed_version"))

    def parked(self) -> "SyncStateQuerySet":
        """Pending products whose document could not be built or was refused by OpenSearch."""
        return self.pending().exclude(error="")


class SyncState(models.Model):
    """One row per product: `version` grows with every change of its document; the index has `indexed_version`.

    The triggers in `migrations/capture.sql` write it. There is no foreign key: the row of a deleted
    product stays for a day as a tombstone. All products share one sequence of versions, so a product that
    is created again under an old id still gets a higher version.
    """

    product_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()
    indexed_version = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(db_default=Now(), help_text="The first change that the index does not have.")
    # When a worker may next claim the row; null when there is nothing to do. A claim moves it ahead by the
    # lease, so the work of a worker that dies becomes due again.
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="Claims since the last success.")
    error = models.TextField(blank=True, default="", help_text="Why the document could not be built or was refused.")

    objects = SyncStateQuerySet.as_manager()

    class Meta:
        verbose_name = "product in the index"
        verbose_name_plural = "products in the index"
        # The condition names only `due_at`, so another change of a waiting row is a heap-only update.
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="indexing_syncstate_due"),
        ]

    def __str__(self) -> str:
        return f"product {self.product_id}: version {self.version}, indexed {self.indexed_version}"


class Change(models.Model):
    """A product that the running transaction changed. Deleted when the commit gives it a new version."""

    pk = models.CompositePrimaryKey("transaction", "product_id")
    transaction = models.BigIntegerField()
    product_id = models.BigIntegerField()
    first = models.BooleanField(default=False, help_text="The first note of its transaction.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"product {self.product_id} in transaction {self.transaction}"


class AttributeChange(models.Model):
    """A changed attribute whose products up to the id `done_to` have been noted: `attribute_changes.py`."""

    code = models.CharField(max_length=100, primary_key=True)
    done_to = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.code}, noted to product {self.done_to}"


class PhysicalIndex(models.Model):
    """An index that this project created in OpenSearch, and whether it serves or is being built."""

    class State(models.TextChoices):
        BUILDING = "BUILDING", "building"
        SERVING = "SERVING", "serving"
        PREVIOUS = "PREVIOUS", "previous"

    name = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=10, choices=State.choices)
    mapping = models.CharField(max_length=64, help_text="Fingerprint of its analysis settings and mapping.")
    loaded_to = models.BigIntegerField(default=0, help_text="While building: products up to this id are loaded.")
    created_at = models.DateTimeField(db_default=Now())
    serving_since = models.DateTimeField(null=True, blank=True)
    vectors = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="Model of its vectors; empty without vectors."
    )
    vectors_complete = models.BooleanField(
        default=False, db_default=False, help_text="Nearly every document has its vector, so searches use them."
    )

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
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField()
    products = models.BigIntegerField(help_text="Searchable products compared.")
    documents = models.BigIntegerField(help_text="Documents compared.")
    missing = models.BigIntegerField()
    stale = models.BigIntegerField()
    extra = models.BigIntegerField()
    pending = models.BigIntegerField()
    parked = models.BigIntegerField()
    remaining = models.BigIntegerField(help_text="Wrong documents left at the end; without a repair, all of them.")

    class Meta:
        ordering = ("-finished_at",)
        indexes: ClassVar = [models.Index(fields=["-finished_at"], name="indexing_check_latest")]

    def __str__(self) -> str:
        return f"{self.missing} missing, {self.stale} stale, {self.extra} extra, {self.remaining} remaining"


class SyncTally(models.Model):
    """How many products sync wrote to the index in one minute."""

    minute = models.DateTimeField(primary_key=True)
    synced = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        verbose_name_plural = "sync tallies"

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}: {self.synced} synced, {self.refused} refused"


class TextVector(models.Model):
    """The vector of a product's text, by the text's digest and the model that made it: no text is encoded twice."""

    pk = models.CompositePrimaryKey("text", "model")
    text = models.BinaryField(max_length=16, help_text="indexing_text_digest of the text.")
    model = models.CharField(max_length=20)
    vector = models.BinaryField(help_text="Signed bytes.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{bytes(self.text).hex()} by {self.model}"


class MissingVector(models.Model):
    """A product whose document was written without a vector. Deleting the row makes the product due for sync."""

    product_id = models.BigIntegerField(primary_key=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"product {self.product_id}"


class ProductTerms(models.Model):
    """What a product is found by in PostgreSQL: `stored_terms.py` makes the terms and says what the marked ones are."""

    product = models.OneToOneField(
        Product, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="terms"
    )  # no constraint: rows of deleted products are deleted a moment later
    vector = SearchVectorField()
    name_words = models.TextField(help_text="The folded words of the name, for completions.")
    name_length = models.PositiveSmallIntegerField(help_text="How many of these are no stop words.")

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [GinIndex(fields=["vector"], name="indexing_productterms_vector")]

    def __str__(self) -> str:
        return f"product {self.pk}: {self.name_words}"


class StaleTerms(models.Model):
    """A product whose terms may have changed. Several rows may name it, so that no commit waits for another."""

    product_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"product {self.product_id}"
