"""What the index still has to hear of, and which physical indices there are."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class SyncState(models.Model):
    """One row per product that ever was: `version` counts its changes, `indexed_version` what the index has.

    No foreign key: the row of a deleted product stays as a tombstone, so that its deletion reaches the index and its
    versions never start again.
    """

    product_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField(default=1)
    indexed_version = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["changed_at"],
                condition=models.Q(version__gt=models.F("indexed_version")),
                name="indexing_syncstate_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"product {self.product_id}: version {self.version}, indexed {self.indexed_version}"
