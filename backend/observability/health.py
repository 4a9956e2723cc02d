"""Whether the process is alive, and whether it can serve. Only PostgreSQL is required."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from opensearchpy.connection.connections import get_connection

from backend import redis, tasks
from foundation import replica
from search_api.engine import client

logger = structlog.get_logger(__name__)

CHECK_SECONDS = 0.8  # so that the response is there within a second
HEARTBEAT_OVERDUE = 60.0  # seconds; one is sent every 10
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="health")


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    del request
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503; within about CHECK_SECONDS, even when a service hangs.

    {status: ok | degraded | unavailable, and for each service ok | unavailable}. Without OpenSearch, PostgreSQL answers
    searches; without Redis, nothing is cached; without workers, index updates and mails wait. A read replica is there
    when DATABASE_REPLICA_URL is set; without it, PostgreSQL has its reads too.
    """
    del request
    checks = {name: _threads.submit(check) for name, check in CHECKS.items()}  # all at once, since each may hang
    wait(checks.values(), timeout=CHECK_SECONDS)
    services = dict.fromkeys(checks, "ok")
    for name, check in checks.items():
        if not check.done():
            check.cancel()
            services[name] = "unavailable"
            logger.warning("health check took too long", service=name)
        elif error := check.exception():
            services[name] = "unavailable"
            logger.warning("health check failed", service=name, error=str(error))
    if services["postgresql"] != "ok":
        return JsonResponse({"status": "unavailable", **services}, status=503)
    return JsonResponse({"status": "degraded" if "unavailable" in services.values() else "ok", **services})


def _postgresql() -> None:
    """Check on a new connection: the one of a request may hang or be lost while PostgreSQL works."""
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
        raise ConnectionError("the circuit is open: OpenSearch failed a moment ago")
    get_connection().cluster.health(params={"request_timeout": CHECK_SECONDS})


def _replica() -> None:
    if replica.breaker.is_open:
        raise ConnectionError("the circuit is open: the standby failed, or was too far behind, a moment ago")
    replica.standby.check(CHECK_SECONDS / 2)


def _workers() -> None:
    ages = {queue: tasks.heartbeat_age(queue) for queue in settings.QUEUES}
    silent = [queue for queue, age in ages.items() if age is None or age > HEARTBEAT_OVERDUE]
    if silent:
        raise LookupError(f"no heartbeat from a worker of {', '.join(silent)}")


live.throttle_scope = ready.throttle_scope = None  # type: ignore[attr-defined] # read by `middleware.PageThrottle`

CHECKS: dict[str, Callable[[], None]] = {
    "postgresql": _postgresql,
    "redis": _redis,
    "opensearch": _opensearch,
    "workers": _workers,
}
if replica.ALIAS in settings.DATABASES:
    CHECKS["replica"] = _replica
