"""Reports from the search log, for the people who run the shop."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Avg, Count, Max, Q
from django.utils import timezone

from search_api.models import SearchClick, SearchLogEntry

MAX_ROWS = 50
# A query with three clicks in ten searches has none in ten by chance in 3 of 100 cases.
LOW_CLICK_SEARCHES = 10
LOW_CLICK_RATE = 0.1  # clicks per search


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A query in the log, which is a sample: searches and clicks at the same rate."""

    q: str
    searches: int
    hits: float  # on average
    clicks: int
    last_at: dt.datetime

    @property
    def click_rate(self) -> float:
        """Clicks per search; over 1 where shoppers open several hits of one search."""
        return self.clicks / self.searches


def popular(days: int) -> list[ReportRow]:
    return _rows(days, Q(), limit=MAX_ROWS)


def without_results(days: int) -> list[ReportRow]:
    """Queries for which every search of the period found nothing at all."""
    found = SearchLogEntry.objects.filter(count__gt=0, degraded=False, created_at__gte=_since(days))
    return _rows(days, ~Q(q__in=found.values("q")), limit=MAX_ROWS)


def only_relaxed(days: int) -> list[ReportRow]:
    """Queries for which the searches of the period found something, but none found what was typed."""
    found = SearchLogEntry.objects.filter(count__gt=0, degraded=False, created_at__gte=_since(days))
    exact = found.filter(relaxed=False)
    return _rows(days, Q(q__in=found.values("q")) & ~Q(q__in=exact.values("q")), limit=MAX_ROWS)


def low_click(days: int) -> list[ReportRow]:
    """Queries whose hits are rarely opened: the fewest clicks per search first."""
    frequent = _rows(days, Q(), min_searches=LOW_CLICK_SEARCHES)
    low = [row for row in frequent if row.hits and row.click_rate < LOW_CLICK_RATE]
    return sorted(low, key=lambda row: (row.click_rate, -row.searches, row.q))[:MAX_ROWS]


def _rows(days: int, only: Q, *, min_searches: int = 1, limit: int | None = None) -> list[ReportRow]:
    """Queries of the last days, the most frequent first.

    Hits are those of the index: the numbers that PostgreSQL found in its place are not comparable.
    Searches and clicks are of degraded searches too, because a click does not say which search it
    belongs to.
    """
    searches = SearchLogEntry.objects.filter(only, created_at__gte=_since(days))
    hits = Avg("count", filter=Q(degraded=False))
    grouped = searches.values("q").annotate(searches=Count("*"), hits=hits, last_at=Max("created_at"))
    frequent = grouped.filter(hits__isnull=False, searches__gte=min_searches)
    rows = list(frequent.order_by("-searches", "q")[:limit])
    clicked = SearchClick.objects.filter(created_at__gte=_since(days), q__in=[row["q"] for row in rows])
    clicks = dict(clicked.values_list("q").annotate(number=Count("*")))
    return [ReportRow(**row, clicks=clicks.get(row["q"], 0)) for row in rows]


def _since(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)
