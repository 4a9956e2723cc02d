"""The admin's dashboard: how the shop does today, on one page."""

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.cache import cache
from django.db.models import Avg, Count, Max, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from backend.observability.system_metrics import first_id_of
from indexing.models import SyncState
from orders.models import Order
from search_api.models import SearchLogEntry
from stores.models import Inventory
from webhooks import selectors as webhooks

CACHE_KEY = "dashboard"
CACHE_SECONDS = 30
DAYS = 7
ROWS = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """A day's orders; `revenue` is of those confirmed and not cancelled since."""

    day: datetime
    orders: int
    rejected: int
    revenue: Decimal

    @property
    def rejected_share(self) -> float:
        """Percent of the orders."""
        return 100 * self.rejected / self.orders if self.orders else 0.0


@permission_required("orders.view_order", raise_exception=True)
def dashboard(request: HttpRequest) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": "Dashboard", "figures": figures()}
    return TemplateResponse(request, "backend/dashboard.html", context)


def figures() -> dict[str, Any]:
    """Today's figures by their names in the template, at most `CACHE_SECONDS` old."""
    cached: dict[str, Any] | None = cache.get(CACHE_KEY)
    if cached is not None:
        return cached
    now = timezone.now()
    days = _days(now)
    # Changes that are not in the index yet; OpenSearch rejected those with an error.
    freshness = SyncState.objects.pending().aggregate(
        pending=Count("pk"), refused=Count("pk", filter=~Q(error="")), oldest=Min("changed_at")
    )
    low = Inventory.objects.filter(quantity__lte=settings.LOW_STOCK, product__active=True)
    best_sellers = low.filter(product__popularity__gt=0).order_by("-product__popularity", "quantity", "pk")
    searches = SearchLogEntry.objects.filter(created_at__gte=now - timedelta(days=1)).values("q")
    by_text = searches.annotate(times=Count("pk"))
    slowest = by_text.annotate(slowest_ms=Max("took_ms"), average_ms=Avg("took_ms")).order_by("-slowest_ms", "q")
    without_hits = by_text.filter(count=0, degraded=False).order_by("-times", "q")
    measured = {
        "at": now,
        "days": days,
        "today": days[0],
        "freshness": freshness,
        "low_stock": low.aggregate(rows=Count("pk"), sold_out=Count("pk", filter=Q(quantity=0))),
        "best_sellers": list(best_sellers.values_list("store__name", "product__name", "quantity")[:ROWS]),
        "slowest": list(slowest[:ROWS]),
        "without_hits": list(without_hits.values_list("q", "times")[:ROWS]),
        "webhooks": webhooks.figures(),
    }
    cache.set(CACHE_KEY, measured, CACHE_SECONDS)
    return measured


def _days(now: datetime) -> list[Day]:
    """The last days, today first, including those without an order."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=back) for back in range(DAYS)]
    rows = (
        # Ids begin with the time, so the primary key finds them.
        Order.objects.filter(pk__gte=first_id_of(days[-1].timestamp()), created_at__gte=days[-1])
        .annotate(day=TruncDate("created_at"))
        .values("day")
        .annotate(
            orders=Count("pk"),
            rejected=Count("pk", filter=Q(status=Order.Status.REJECTED)),
            revenue=Sum("total", filter=Q(status=Order.Status.CONFIRMED)),
        )
        .order_by("day")
    )
    found = {row["day"]: (row["orders"], row["rejected"], row["revenue"] or Decimal(0)) for row in rows}
    return [Day(day, *found.get(day.date(), (0, 0, Decimal(0)))) for day in days]
