"""Celery tasks. Each may be lost or run twice: beat queues it again, and the work is recorded in PostgreSQL."""

import logging

from celery import shared_task

from indexing import check, ensure, indices, purge, reindex, sync, vectors
from indexing.errors import EngineUnavailableError, NoServingIndexError, ReindexRefusedError
from indexing.reindex import Plan

logger = logging.getLogger(__name__)


@shared_task
def sync_index(linger: float = 0.0) -> None:
    """Write all pending changes to the index, then look for more for `linger` seconds."""
    try:
        sync.sync_and_linger(linger)
    except (EngineUnavailableError, NoServingIndexError) as error:
        # No retry: beat queues the next sync within a second.
        logger.warning("sync: %s", error)


@shared_task
def ensure_index() -> None:
    try:
        ensure.ensure_index()
    except EngineUnavailableError as error:
        logger.warning("the index could not be looked up: %s", error)


@shared_task
def rebuild_index() -> None:
    try:
        reindex.reindex(Plan())
    except (EngineUnavailableError, ReindexRefusedError) as error:
        logger.warning("no rebuild: %s", error)


@shared_task
def check_index() -> None:
    """Compare the index with PostgreSQL and repair it. Any difference is logged as an error."""
    try:
        findings = check.check_index(repair=True)
    except (EngineUnavailableError, NoServingIndexError) as error:
        logger.warning("the index could not be checked: %s", error)
        return
    level = logging.INFO if findings.sound and not findings.examples else logging.ERROR
    logger.log(level, "index checked: %s", findings)


@shared_task
def encode_vectors() -> None:
    """Encode the texts of products that wait for their vectors. What is left continues with the next task."""
    vectors.encode_missing()
    if complete := vectors.update_completeness():
        indices.merge_small(complete)  # every document was written again, in many segments


@shared_task
def purge_history() -> None:
    purge.purge_history()
