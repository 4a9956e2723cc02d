"""What each process counts as it works. `scrape.py` shows it, beside what is measured only when asked.

Labels have few values by design: a route is its pattern, never the path that was asked for.
"""

from prometheus_client import Counter, Gauge, Histogram

# Seconds. Most answers take tens of milliseconds; a time-out of a dependency is at most 1 s.
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
TASK_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0)
KNOWN_CACHES = frozenset({"search", "suggest", "inventory"})

requests = Histogram(
    "http_request_seconds", "Time to answer a request.", ["method", "route", "status"], buckets=REQUEST_BUCKETS
)
tasks = Histogram("task_seconds", "Time a task ran.", ["task", "state"], buckets=TASK_BUCKETS)
cache_reads = Counter("cache_reads", "Reads of the cache.", ["cache", "result"])
throttled = Counter("throttled", "Requests refused for coming too often.", ["scope"])
failed_sign_ins = Counter("failed_sign_ins", "Sign-ins with a wrong name or password, or refused unread.")
slow_queries = Counter("slow_queries", "SQL statements that took longer than SLOW_QUERY_SECONDS.")
unqueued_tasks = Counter("unqueued_tasks", "Tasks that could not be queued; a sweep does their work later.", ["task"])
breaker_open = Gauge(
    "breaker_open", "1 while a service is left alone after a failure.", ["service"], multiprocess_mode="livemax"
)


def count_cache_reads(key: str, *, hits: int, misses: int) -> None:
    """Count reads under the cache's name, which is what its keys start with up to the first colon."""
    name = key.partition(":")[0]
    cache = name if name in KNOWN_CACHES else "other"
    if hits:
        cache_reads.labels(cache, "hit").inc(hits)
    if misses:
        cache_reads.labels(cache, "miss").inc(misses)
