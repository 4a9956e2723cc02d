"""Queries that many shoppers made.

A task counts them in the search log; the process caches them for completions.
"""

import datetime as dt

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count
from django.utils import timezone

from foundation.expiring_cache import ExpiringValue
from language.prefix_match import PrefixIndex
from search_api.models import PopularQuery, SearchLogEntry

LOG_DAYS = 30
MIN_SEARCHES = 5  # fewer may all be of one person, and would tell others about them
MAX_QUERIES = 1000
MAX_AGE = 60.0  # s; the task runs once an hour


@transaction.atomic
def refresh() -> int:
    """Count the popular queries again. Returns their number."""
    since = timezone.now() - dt.timedelta(days=LOG_DAYS)
    found = SearchLogEntry.objects.filter(created_at__gte=since, count__gt=0, relaxed=False)
    counted = found.values_list("q").annotate(searches=Count("*")).filter(searches__gte=MIN_SEARCHES)
    rows = [PopularQuery(q=q, searches=searches) for q, searches in counted.order_by("-searches", "q")[:MAX_QUERIES]]
    PopularQuery.objects.all().delete()
    return len(PopularQuery.objects.bulk_create(rows))


def starting_with(text: str) -> list[str]:
    """Popular queries that continue the text, the most frequent first; never the text itself."""
    prefix = text.lower()
    return [q for q in cached.get().find(prefix) if q != prefix]


@transaction.atomic  # as a savepoint: after a failure the caller's transaction, if there is one, can go on
def _read() -> PrefixIndex[str]:
    return PrefixIndex((q, q) for q in PopularQuery.objects.values_list("q", flat=True))


cached = ExpiringValue("popular queries", _read, max_age=MAX_AGE, outages=(InterfaceError, OperationalError))
