"""Figures that belong to the system rather than to a process: measured when /metrics is asked, each for itself.

One that cannot be had (its service is away) is left out, and counted in `figures_missing`.
"""

from collections.abc import Callable, Iterable, Iterator

import structlog
from django.conf import settings
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend import redis, tasks

logger = structlog.get_logger(__name__)


class SystemFigures(Collector):
    """Collects every figure of `FIGURES`."""

    def collect(self) -> Iterator[Metric]:
        missing = 0
        for figure in FIGURES:
            try:
                found = list(figure())
            except Exception as error:  # noqa: BLE001 - one figure must not cost the others, whatever is wrong
                logger.warning("figure not to be had", figure=figure.__name__, error=str(error))
                missing += 1
            else:
                yield from found
        yield GaugeMetricFamily("figures_missing", "Figures that could not be had just now.", value=missing)


def _queues() -> Iterable[Metric]:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    family = GaugeMetricFamily("queue_depth", "Tasks waiting in a queue.", labels=["queue"])
    with redis.breaker.guard(*redis.UNREACHABLE):
        for queue in settings.QUEUES:
            family.add_metric([queue], redis.client().llen(f"{prefix}{queue}"))
    yield family


def _heartbeats() -> Iterable[Metric]:
    family = GaugeMetricFamily(
        "worker_heartbeat_age_seconds", "Since a task of the queue last went all the way.", labels=["queue"]
    )
    for queue in settings.QUEUES:
        age = tasks.heartbeat_age(queue)
        if age is not None:
            family.add_metric([queue], age)
    yield family


FIGURES: list[Callable[[], Iterable[Metric]]] = [_queues, _heartbeats]
