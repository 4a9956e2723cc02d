"""Signals that search sends, and what happens when synonyms change."""

import uuid
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal, receiver

from search_api.models import Synonym
from search_api.query import synonym_table

# Sent with `rows`: a batch of searches for `search_log.save_searches`.
searches_gathered = Signal()
# Sent for each answer, a cached one too, with `kind`, search or suggest, and `degraded`: whether PostgreSQL gave it
# because OpenSearch is unavailable.
answered = Signal()
# Sent with `q`, `product_id` and `position` when a shopper opened a hit.
hit_clicked = Signal()


@receiver([post_save, post_delete], sender=Synonym)
def invalidate_synonyms(**_: Any) -> None:
    """Let every process read the synonyms again, once the edit is committed."""

    def invalidate() -> None:
        cache.set(synonym_table.GENERATION_KEY, uuid.uuid4().hex, timeout=None)
        synonym_table.forget()

    transaction.on_commit(invalidate)
