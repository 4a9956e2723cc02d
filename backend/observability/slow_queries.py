"""Logs SQL statements that take too long, without their parameters, which are personal data."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from backend.observability import metrics

logger = structlog.get_logger(__name__)
LOGGED_LENGTH = 1000  # characters of a statement


def watch(sender: object, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Receiver of `connection_created`: time every statement of a new connection."""
    del sender
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - started
        if seconds >= settings.SLOW_QUERY_SECONDS:
            metrics.slow_queries.inc()
            logger.warning("slow query", sql=str(sql)[:LOGGED_LENGTH], seconds=round(seconds, 3))
