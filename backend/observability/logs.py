"""Logs as JSON lines, from the project and every library, with the id of the request or task.

A value can never add a line or a field: each line is one JSON document. Tracebacks carry no local
variables, since those hold what people typed.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from structlog.processors import CallsiteParameter, CallsiteParameterAdder
from structlog.typing import EventDict, Processor

FORMATS = JSON, CONSOLE = "json", "console"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

# Each would name people or repeat one of our own lines.
SILENCED = {
    "axes": "ERROR",  # names and addresses of those who signed in
    "django.request": "CRITICAL",  # `backend.middleware.RequestLog` logs it, with the request's id
    # It has the path and the query, and anybody can fill a disk with its tracebacks. Counted as 400 and 403.
    "django.security": "CRITICAL",
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "CRITICAL",  # django-structlog logs the same, with the ids
    "celery.beat": "WARNING",
    "gunicorn.http.wsgi": "ERROR",  # a warning for each HEAD, whose body it does not send
    "urllib3.connectionpool": "ERROR",  # that more connections were open at once than it stores
    "opensearch": "ERROR",  # a warning for each failed call, which the caller handles and counts
}
# With handlers of their own these would log everything twice, or as plain text.
WITHOUT_HANDLERS: dict[str, dict[str, Any]] = {
    "django": {"handlers": [], "propagate": True},
    "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
    "gunicorn.error": {"handlers": ["stderr"], "filters": ["malformed"], "propagate": False, "level": "INFO"},
    "gunicorn.access": {"handlers": [], "propagate": False},
}
PRIVATE_LINES = {  # of gunicorn, which name the sender or the path
    "Invalid request from": "malformed HTTP request refused",
    "Error handling request": "request failed in the web server",
}
TRACEBACKS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=12)
PROBLEM_LEVELS = {"warning", "error", "critical"}
CALLSITE = CallsiteParameterAdder(
    [CallsiteParameter.FILENAME, CallsiteParameter.FUNC_NAME, CallsiteParameter.LINENO, CallsiteParameter.THREAD_NAME],
    additional_ignores=[__name__],
)


def configure(*, level: str, lines: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. `lines` is json, or console for people."""
    as_json = lines == JSON
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _drop_routine,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _add_callsite_of_problems,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(TRACEBACKS) if as_json else structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(serializer=_to_json) if as_json else structlog.dev.ConsoleRenderer()
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder()],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"malformed": {"()": _MalformedRequestFilter}},
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"level": lowest} for name, lowest in SILENCED.items()} | WITHOUT_HANDLERS,
    }


def _drop_routine(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Drop the success of periodic tasks, several a second; tasks of a request keep their line."""
    if event.get("event") == "task_succeeded" and "request_id" not in event:
        raise structlog.DropEvent
    return event


def _add_callsite_of_problems(logger: logging.Logger, method: str, event: EventDict) -> EventDict:
    return CALLSITE(logger, method, event) if event["level"] in PROBLEM_LEVELS else event


class _MalformedRequestFilter(logging.Filter):
    """Removes what a request was and who sent it from gunicorn's lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        for beginning, instead in PRIVATE_LINES.items():
            if str(record.msg).startswith(beginning):
                record.msg, record.args = instead, ()
        return True


def _to_json(event: EventDict, default: Callable[[Any], Any]) -> str:
    try:
        return orjson.dumps(event, default=default).decode()
    except TypeError:  # large numbers, keys that are not text, halves of characters
        return json.dumps(event, default=default)
