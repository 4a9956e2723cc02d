"""What Celery runs: triggers alone, each safe to run twice and to lose. Beat asks for each of them again."""

import logging

from celery import shared_task

from indexing import queueing, sync
from indexing.errors import EngineUnavailableError, NoServingIndexError

logger = logging.getLogger(__name__)


@shared_task
def sync_index() -> None:
    """Bring the index up to date with all that is due."""
    queueing.allow_next()
    try:
        sync.sync_due()
    except (EngineUnavailableError, NoServingIndexError) as error:
        # Beat asks again within a second: a retry of its own would only add to the queue.
        logger.warning("sync: %s", error)
