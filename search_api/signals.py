"""What search tells others, and what it does when its own data changes."""

import uuid
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal, receiver

from search_api.models import Synonym
from search_api.query import synonym_table

# Sent with `rows`, searches to be logged: what `log_keeping.save_searches` takes.
searches_gathered = Signal()
# Sent with `kind`, search or suggest, when PostgreSQL is to answer in OpenSearch's place.
answered_degraded = Signal()
# Sent with `q`, `product_id` and `position` when a shopper opened a hit.
hit_clicked = Signal()


@receiver([post_save, post_delete], sender=Synonym)
def renew_synonyms(**_: Any) -> None:
    """Let every process read the synonyms again, once the edit is committed."""
    transaction.on_commit(_start_synonym_generation)


def _start_synonym_generation() -> None:
    cache.set(synonym_table.GENERATION_KEY, uuid.uuid4().hex, timeout=None)
    synonym_table.forget()
