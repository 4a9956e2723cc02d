"""Work on the search log that no shopper waits for. Every task may run twice; a row too many does no harm."""

import logging
from typing import Any

from celery import shared_task
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from search_api.analytics import log_keeping
from search_api.signals import hit_clicked, searches_gathered

logger = logging.getLogger(__name__)


@shared_task
def save_searches(rows: list[dict[str, Any]]) -> int:
    """Write a batch of searches to the log: the number of them."""
    return log_keeping.save_searches(rows)


@shared_task
def save_click(q: str, product_id: int, position: int) -> None:
    """Write one click to the log, unless the product is gone."""
    log_keeping.save_click(q, product_id, position)


@shared_task
def purge_search_log() -> int:
    """Delete what is older than SEARCH_LOG_DAYS: the number of rows."""
    return log_keeping.purge()


@shared_task
def refresh_popular_queries() -> int:
    """Find the popular queries anew from the log: the number of them."""
    return log_keeping.refresh_popular_queries()


@receiver(searches_gathered)
def queue_searches(*, rows: list[dict[str, Any]], **_: Any) -> None:
    """Queue their saving. Without a broker they are forgotten."""
    try:
        # Celery would write all of them out for its log, which takes longer than to queue them.
        save_searches.apply_async((rows,), argsrepr=f"({len(rows)} searches)")  # type: ignore[call-arg] # unknown to types
    except OperationalError as error:
        logger.warning("%d searches not logged: %s", len(rows), error)


@receiver(hit_clicked)
def queue_click(*, q: str, product_id: int, position: int, **_: Any) -> None:
    """Queue its saving. Without a broker it is forgotten."""
    try:
        save_click.delay(q, product_id, position)
    except OperationalError as error:
        logger.warning("a click was not logged: %s", error)
