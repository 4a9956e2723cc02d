"""Is the process alive, and can it serve. Only PostgreSQL is required; what else is away is told as degraded."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from opensearchpy.connection.connections import get_connection

from backend import redis, tasks
from search_api.engine import client

logger = structlog.get_logger(__name__)

CHECK_SECONDS = 0.8  # the answer, with what else it takes, is there within the second
HEARTBEAT_OVERDUE = 60.0  # seconds; one is sent every 10
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    del request
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503; within about CHECK_SECONDS, whatever hangs.

    {status: ok | degraded | unavailable, and for each service ok | unavailable}. Without OpenSearch, searches are
    answered from PostgreSQL; without Redis, uncached; without workers, the index and mails wait.
    """
    del request
    services = _verdicts()
    if services["postgresql"] != "ok":
        return JsonResponse({"status": "unavailable", **services}, status=503)
    status = "ok" if set(services.values()) == {"ok"} else "degraded"
    return JsonResponse({"status": status, **services})


def _verdicts() -> dict[str, str]:
    """Ask all at once, since each may hang."""
    asked = {name: _threads.submit(check) for name, check in CHECKS.items()}
    wait(asked.values(), timeout=CHECK_SECONDS)
    return {name: _verdict(name, answer) for name, answer in asked.items()}


def _verdict(name: str, answer: Future[None]) -> str:
    if not answer.done():
        answer.cancel()
        logger.warning("health check took too long", service=name)
        return "unavailable"
    if error := answer.exception():
        logger.warning("health check failed", service=name, error=str(error))
        return "unavailable"
    return "ok"


def _postgresql() -> None:
    """On a connection of its own, so that one which hangs or has died is not what is judged."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _redis() -> None:
    with redis.breaker:
        redis.client().ping()


def _opensearch() -> None:
    if client.breaker.is_open:
        raise ConnectionError("it did not answer shoppers a moment ago")
    get_connection().cluster.health(params={"request_timeout": CHECK_SECONDS})


def _workers() -> None:
    ages = {queue: tasks.heartbeat_age(queue) for queue in settings.QUEUES}
    silent = [queue for queue, age in ages.items() if age is None or age > HEARTBEAT_OVERDUE]
    if silent:
        raise LookupError(f"no sign of life from a worker of {', '.join(silent)}")


live.throttle_scope = ready.throttle_scope = None  # type: ignore[attr-defined] # read by `middleware.PageThrottle`

CHECKS: dict[str, Callable[[], None]] = {
    "postgresql": _postgresql,
    "redis": _redis,
    "opensearch": _opensearch,
    "workers": _workers,
}
