"""Background work on the search log. A task that runs twice may write a row twice: harmless."""

import logging
from typing import Any

from celery import shared_task
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from search_api.analytics import search_log
from search_api.completion import popular_queries
from search_api.query import catalogue_terms
from search_api.signals import hit_clicked, searches_gathered

logger = logging.getLogger(__name__)


@shared_task
def save_searches(rows: list[dict[str, Any]]) -> int:
    return search_log.save_searches(rows)


@shared_task
def save_click(q: str, product_id: int, position: int) -> None:
    search_log.save_click(q, product_id, position)


@shared_task
def purge_search_log() -> int:
    return search_log.purge()


@shared_task
def refresh_catalogue_terms() -> int:
    """Encode new terms for the word bridge. What is left continues with the next task."""
    return catalogue_terms.refresh()


@shared_task
def refresh_popular_queries() -> int:
    return popular_queries.refresh()


@receiver(searches_gathered)
def queue_searches(*, rows: list[dict[str, Any]], **_: Any) -> None:
    """Queue a batch. Without a broker it is dropped."""
    try:
        # Without `argsrepr` Celery formats all rows for its log, which takes longer than to queue
        # them.
        save_searches.apply_async((rows,), argsrepr=f"({len(rows)} searches)")  # type: ignore[call-arg] # unknown to types
    except OperationalError as error:
        logger.warning("%d searches were not logged: %s", len(rows), error)


@receiver(hit_clicked)
def queue_click(*, q: str, product_id: int, position: int, **_: Any) -> None:
    """Queue a click. Without a broker it is dropped."""
    try:
        save_click.delay(q, product_id, position)
    except OperationalError as error:
        logger.warning("a click was not logged: %s", error)
