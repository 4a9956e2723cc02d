"""Figures of the whole system rather than of one process, read when Prometheus scrapes /metrics.

A figure that could not be read (its service is unavailable) is left out, and counted in
`figures_missing`.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator

import structlog
from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend import redis, tasks
from indexing.selectors import sync_figures
from orders.confirmations import due_confirmations, recently_given_up
from orders.models import Order
from webhooks import selectors as webhooks

logger = structlog.get_logger(__name__)


class SystemFigures(Collector):
    def collect(self) -> Iterator[Metric]:
        missing = 0
        for figure in FIGURES:
            try:
                read = list(figure())
            except Exception as error:  # noqa: BLE001 - the others are shown whatever is wrong with one
                logger.warning("figure could not be read", figure=figure.__name__, error=str(error))
                missing += 1
            else:
                yield from read
        yield GaugeMetricFamily("figures_missing", "Figures that could not be read just now.", value=missing)


def _queues() -> Iterable[Metric]:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    family = GaugeMetricFamily("queue_depth", "Tasks waiting in a queue.", labels=["queue"])
    with redis.breaker:
        for queue in settings.QUEUES:
            family.add_metric([queue], redis.client().llen(f"{prefix}{queue}"))
    yield family


def _heartbeats() -> Iterable[Metric]:
    family = GaugeMetricFamily(
        "worker_heartbeat_age_seconds", "Time since a task of the queue last reached a worker.", labels=["queue"]
    )
    for queue in settings.QUEUES:
        age = tasks.heartbeat_age(queue)
        if age is not None:
            family.add_metric([queue], age)
    yield family


def _orders() -> Iterable[Metric]:
    # Ids begin with the time, so the primary key finds the last minute's orders.
    family = GaugeMetricFamily("orders_last_minute", "Orders placed in the last minute.", labels=["status"])
    recent = Order.objects.filter(pk__gte=first_id_of(time.time() - 60)).order_by()
    counts = dict(recent.values_list("status").annotate(Count("pk")))
    for status in Order.Status.values:
        family.add_metric([status], counts.get(status, 0))
    yield family


def first_id_of(moment: float) -> uuid.UUID:
    """The lowest UUID of version 7 made at a moment, in seconds since 1970."""
    return uuid.UUID(int=int(moment * 1000) << 80)


def _confirmations() -> Iterable[Metric]:
    yield GaugeMetricFamily(
        "confirmations_due", "Order confirmations that wait to be sent.", value=due_confirmations().count()
    )
    yield GaugeMetricFamily(
        "confirmations_given_up",
        "Order confirmations given up within the last 7 days.",
        value=recently_given_up().count(),
    )


def _index() -> Iterable[Metric]:
    index = sync_figures()
    lag = index.oldest_seconds
    yield GaugeMetricFamily("index_pending", "Products whose last change is not in the index yet.", value=index.pending)
    yield GaugeMetricFamily("index_lag_seconds", "Age of the oldest change that is not in the index.", value=lag)
    yield GaugeMetricFamily("index_vectors_missing", "Products that wait for their vector.", value=index.no_vector)
    yield GaugeMetricFamily("index_parked", "Products that OpenSearch refused.", value=index.parked)
    if index.last_check:
        age = (timezone.now() - index.last_check.finished_at).total_seconds()
        wrong = index.last_check.remaining
        yield GaugeMetricFamily("index_wrong", "Wrong documents left by the last check.", value=wrong)
        yield GaugeMetricFamily("index_check_age_seconds", "Time since the last check ended.", value=age)


def _webhooks() -> Iterable[Metric]:
    found = webhooks.figures()
    yield GaugeMetricFamily("webhooks_pending", "Events that wait to be delivered.", value=found.pending)
    yield GaugeMetricFamily(
        "webhooks_lag_seconds",
        "Time since the oldest event is due whose endpoint answers.",
        value=found.oldest_seconds,
    )
    yield GaugeMetricFamily("webhooks_parked", "Events of the last 7 days that were given up.", value=found.parked)
    yield GaugeMetricFamily("webhooks_failing", "Subscriptions whose endpoint fails.", value=found.failing)
    yield GaugeMetricFamily(
        "webhooks_disabled", "Subscriptions that were deactivated because their endpoint is gone.", value=found.disabled
    )


FIGURES: list[Callable[[], Iterable[Metric]]] = [_queues, _heartbeats, _orders, _confirmations, _index, _webhooks]
