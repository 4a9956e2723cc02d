from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class IdempotencyRecord(models.Model):
    """The answer to a request with an `Idempotency-Key`, saved in the transaction of its change."""

    scope = models.CharField(max_length=20, help_text="What the request changes: orders or stock.")
    caller = models.CharField(max_length=100, help_text="Who sent it: a user's id, or guest.")
    key = models.CharField(max_length=255, help_text="A guest's is a digest.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the request body.")
    answer = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="foundation_idempotency_by_age")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "caller", "key"], name="foundation_idempotency_once")
        ]

    def __str__(self) -> str:
        return self.key
