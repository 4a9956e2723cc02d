"""What the search log tells whoever keeps the shop."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Avg, Count, Max, Q, QuerySet
from django.utils import timezone

from search_api.models import SearchClick, SearchLogEntry

ROWS = 50
LOW_CLICK_FROM = 10  # searches; so many without a click are no accident of a query with three clicks in ten (.03)
LOW_CLICK_RATE = 0.1  # clicks per search


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A query in the log's sample. Searches and clicks are sampled alike, so that their ratio needs no correction."""

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
    """The most frequent queries."""
    return _rows(_searches(days), days, most=ROWS)


def without_results(days: int) -> list[ReportRow]:
    """Queries that never found what was asked for: nothing at all, or only something else."""
    searches = _searches(days)
    found = searches.filter(count__gt=0, relaxed=False, degraded=False)
    return _rows(searches.exclude(q__in=found.values("q")), days, most=ROWS)


def low_click(days: int) -> list[ReportRow]:
    """Queries that find something which hardly anybody opens: the fewest clicks per search first."""
    searched = _rows(_searches(days), days, least=LOW_CLICK_FROM)
    low = [row for row in searched if row.hits and row.click_rate < LOW_CLICK_RATE]
    return sorted(low, key=lambda row: (row.click_rate, -row.searches, row.q))[:ROWS]


def _searches(days: int) -> QuerySet[SearchLogEntry]:
    return SearchLogEntry.objects.filter(created_at__gte=_since(days))


def _since(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def _rows(searches: QuerySet[SearchLogEntry], days: int, *, least: int = 1, most: int | None = None) -> list[ReportRow]:
    """By query, the most frequent first. A click does not tell whether its search was degraded, so those count too.

    Hits are the index's: what PostgreSQL found in its place says nothing about them.
    """
    hits = Avg("count", filter=Q(degraded=False))
    grouped = searches.values("q").annotate(searches=Count("*"), hits=hits, last_at=Max("created_at"))
    told = grouped.filter(hits__isnull=False, searches__gte=least).order_by("-searches", "q")[:most]
    rows = list(told)
    clicked = SearchClick.objects.filter(created_at__gte=_since(days), q__in=[row["q"] for row in rows])
    clicks = dict(clicked.values_list("q").annotate(number=Count("*")))
    return [ReportRow(**row, clicks=clicks.get(row["q"], 0)) for row in rows]
