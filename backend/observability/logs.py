"""Logs as JSON lines, from the project and from every library, each with the id of its request or task.

A value can never add a line or a field: each line is one JSON document. Tracebacks carry no local variables, since
those hold what people typed.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor

JSON = "json"

# Each would name people or repeat a line of ours.
SILENCED = {
    "axes": "ERROR",  # names and addresses of those who signed in
    "django.request": "CRITICAL",  # `backend.middleware.RequestLog` says it, with the request's id
    "django.security.DisallowedHost": "CRITICAL",  # anybody can fill a disk with it; counted as 400
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "CRITICAL",  # django-structlog says the same, with the ids
    "celery.beat": "WARNING",
    "opensearch": "ERROR",  # a warning for each failed call, which the caller handles and counts
}


def _drop_routine(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Leave out that a periodic task went well, several times a second; one that a request led to keeps its line."""
    if event.get("event") == "task_succeeded" and "request_id" not in event:
        raise structlog.DropEvent
    return event


def _shared(lines: str) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        _drop_routine,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_TRACEBACKS) if lines == JSON else structlog.processors.format_exc_info,
    ]


_TRACEBACKS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=12)


class _Unaddressed(logging.Filter):
    """Takes from gunicorn's line on a broken request what was sent, and from where: anybody can send anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith("Invalid request from"):
            record.msg, record.args = "a request was refused that is no proper HTTP", ()
        return True


def configure(*, level: str, lines: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING. `lines` is json, or console for people."""
    _forgo_what_no_line_has()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(lines),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"unaddressed": {"()": _Unaddressed}},
        "formatters": {"lines": _formatter(lines)},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"level": quiet} for name, quiet in SILENCED.items()} | OTHERS_HANDLERS,
    }


def _forgo_what_no_line_has() -> None:
    """Half of what a line costs is to find out where in the code, thread and process it comes from."""
    logging._srcfile = None  # noqa: SLF001 - so says logging's own documentation
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


# Handlers of their own would say everything twice, or as plain text.
OTHERS_HANDLERS: dict[str, dict[str, Any]] = {
    "django": {"handlers": [], "propagate": True},
    "django.server": {"handlers": [], "propagate": True, "level": "WARNING"},
    "gunicorn.error": {"handlers": ["stderr"], "filters": ["unaddressed"], "propagate": False, "level": "INFO"},
    "gunicorn.access": {"handlers": [], "propagate": False},
}


def _formatter(lines: str) -> dict[str, Any]:
    as_json = structlog.processors.JSONRenderer(serializer=_json)
    renderer: Processor = as_json if lines == JSON else structlog.dev.ConsoleRenderer()
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": [*_shared(lines), structlog.stdlib.ExtraAdder()],
    }


def _json(event: EventDict, default: Callable[[Any], Any]) -> str:
    try:
        return orjson.dumps(event, default=default).decode()
    except TypeError:  # large numbers, keys that are no text, halves of characters
        return json.dumps(event, default=default)
