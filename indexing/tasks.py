"""What Celery runs: triggers alone, each safe to run twice and to lose. Beat asks for each of them again."""

import logging

from celery import shared_task

from indexing import check, ensure, purge, reindex, sync
from indexing.errors import EngineUnavailableError, NoServingIndexError, ReindexRefusedError
from indexing.reindex import Plan

logger = logging.getLogger(__name__)


@shared_task
def sync_index(linger: float = 0.0) -> None:
    """Bring the index up to date with all that is due, and look for more for some seconds."""
    try:
        sync.sync_and_linger(linger)
    except (EngineUnavailableError, NoServingIndexError) as error:
        # Beat asks again within a second: a retry of its own would only add to the queue.
        logger.warning("sync: %s", error)


@shared_task
def ensure_index() -> None:
    """See to it that searches find an index; a rebuild when there is none."""
    try:
        ensure.ensure_index()
    except EngineUnavailableError as error:
        logger.warning("the index cannot be looked at now: %s", error)


@shared_task
def rebuild_index() -> None:
    """Build a new index and let it serve; the old one serves until then."""
    try:
        reindex.reindex(Plan())
    except (EngineUnavailableError, ReindexRefusedError) as error:
        logger.warning("no rebuild: %s", error)


@shared_task
def check_index() -> None:
    """Compare the index with PostgreSQL and repair it; anything wrong is worth a look at the log."""
    try:
        findings = check.check_index(repair_too=True)
    except (EngineUnavailableError, NoServingIndexError) as error:
        logger.warning("the index cannot be checked now: %s", error)
        return
    level = logging.INFO if findings.sound and not findings.examples else logging.ERROR
    logger.log(level, "index checked: %s", findings)


@shared_task
def purge_history() -> None:
    """Forget what is long past."""
    purge.purge_history()
