"""What the search log tells whoever keeps the shop."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Avg, Count, Max
from django.utils import timezone

from search_api.models import SearchClick, SearchLogEntry

ROWS = 50
LOW_CLICK_FROM = 5  # searches; fewer say nothing about clicks
LOW_CLICK_RATE = 0.1


@dataclass(frozen=True, slots=True)
class ReportRow:
    q: str
    searches: int
    hits: float  # on average
    clicks: int
    last_at: dt.datetime

    @property
    def click_rate(self) -> float:
        return self.clicks / self.searches


def popular(days: int) -> list[ReportRow]:
    """The most frequent queries."""
    return _rows(days)[:ROWS]


def without_results(days: int) -> list[ReportRow]:
    """Queries that never found what was asked for: nothing at all, or only something else."""
    return _rows(days, fruitless=True)[:ROWS]


def low_click(days: int) -> list[ReportRow]:
    """Queries that find something which hardly anybody opens."""
    shown = (row for row in _rows(days) if row.hits and row.searches >= LOW_CLICK_FROM)
    return [row for row in shown if row.click_rate < LOW_CLICK_RATE][:ROWS]


def _rows(days: int, *, fruitless: bool = False) -> list[ReportRow]:
    since = timezone.now() - dt.timedelta(days=days)
    searches = SearchLogEntry.objects.filter(created_at__gte=since, degraded=False)
    if fruitless:
        found = searches.filter(count__gt=0, relaxed=False).values("q")
        searches = searches.exclude(q__in=found)
    clicks = dict(SearchClick.objects.filter(created_at__gte=since).values_list("q").annotate(number=Count("*")))
    grouped = searches.values("q").annotate(searches=Count("*"), hits=Avg("count"), last_at=Max("created_at"))
    return [ReportRow(**row, clicks=clicks.get(row["q"], 0)) for row in grouped.order_by("-searches", "q")]
