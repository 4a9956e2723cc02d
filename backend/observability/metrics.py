"""Counters of each process. `scrape.py` shows them, with the figures that it reads at that moment.

Labels have few values by design: a route is its pattern, never the requested path.
"""

import functools
from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

# Seconds. Most answers take tens of milliseconds; a time-out of a dependency is at most 1 s.
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
TASK_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0)
KNOWN_CACHES = frozenset({"search", "suggest", "inventory"})

requests = Histogram(
    "http_request_seconds", "Time to answer a request.", ["method", "route", "status"], buckets=REQUEST_BUCKETS
)
requests_of = functools.lru_cache(1_000)(requests.labels)  # finding the labelled histogram takes longer than counting
tasks = Histogram("task_seconds", "Time a task ran.", ["task", "state"], buckets=TASK_BUCKETS)
cache_reads = Counter("cache_reads", "Reads of the cache.", ["cache", "result"])
cache_reads_of = functools.lru_cache(100)(cache_reads.labels)
answers = Counter("search_answers", "Searches and completions answered, each of a multi-search too.", ["kind"])
answers_of = functools.lru_cache(10)(answers.labels)
degraded_answers = Counter(
    "degraded_answers", "Searches and completions answered by PostgreSQL while OpenSearch was unavailable.", ["kind"]
)
searches_by_meaning = Counter(
    "searches_by_meaning",
    "Searches ordered by meaning too (used), or by words alone because the engine was slow or refused (failed).",
    ["outcome"],
)
replica_reads = Counter(
    "replica_reads",
    "Reads meant for the read replica, by the server that answered: the primary while the replica cannot be used.",
    ["server"],
)
replica_lag = Gauge(
    "replica_lag_seconds", "How far the read replica may be behind at most.", multiprocess_mode="livemax"
)
webhook_attempts = Histogram(
    "webhook_attempt_seconds", "Time of an attempt to deliver an event.", ["outcome"], buckets=REQUEST_BUCKETS
)
throttled = Counter("throttled", "Requests refused because the caller sent too many.", ["scope"])
failed_sign_ins = Counter("failed_sign_ins", "Sign-ins with a wrong name or password, or refused without a check.")
slow_queries = Counter("slow_queries", "SQL statements that took longer than SLOW_QUERY_SECONDS.")
unqueued_tasks = Counter("unqueued_tasks", "Tasks that could not be queued; a sweep does their work later.", ["task"])
breaker_open = Gauge(
    "breaker_open", "1 while the circuit of a failed service is open.", ["service"], multiprocess_mode="livemax"
)


def count_answer(*, kind: str, degraded: bool, **_: object) -> None:
    """Receiver of `search_api.signals.answered`."""
    answers_of(kind).inc()
    if degraded:
        degraded_answers.labels(kind).inc()


def count_search_by_meaning(*, outcome: str, **_: object) -> None:
    """Receiver of `search_api.engine.dense.searched`."""
    searches_by_meaning.labels(outcome).inc()


def count_replica_read(*, server: str, **_: object) -> None:
    """Receiver of `foundation.replica.read_done`."""
    replica_reads.labels(server).inc()


def set_replica_lag(*, behind: float, **_: object) -> None:
    """Receiver of `foundation.replica.looked`."""
    replica_lag.set(behind)


def count_webhook_attempt(*, delivered: bool, seconds: float, **_: object) -> None:
    """Receiver of `webhooks.signals.attempted`."""
    webhook_attempts.labels("delivered" if delivered else "failed").observe(seconds)


def count_cache_reads(found: Mapping[str, bool]) -> None:
    """Count reads (key -> whether it was a hit) by the part of the key before the first colon."""
    for key, hit in found.items():
        name = key.partition(":")[0]
        cache_reads_of(name if name in KNOWN_CACHES else "other", "hit" if hit else "miss").inc()
