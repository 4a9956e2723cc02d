"""Writes to the search log, and what is derived from it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from products.models import Product
from search_api.models import PopularQuery, SearchClick, SearchLogEntry

POPULAR_DAYS = 30
POPULAR_FROM = 5  # searches; fewer may all be one person's, and would tell of them
MAX_POPULAR = 1000


def save_searches(rows: Iterable[dict[str, Any]]) -> int:
    """Write the rows that `search_log.record` gathered: the number of them."""
    return len(SearchLogEntry.objects.bulk_create(SearchLogEntry(**row) for row in rows))


def save_click(q: str, product_id: int, position: int) -> None:
    """Write a click, unless the product is gone."""
    if Product.objects.filter(pk=product_id).exists():
        SearchClick.objects.create(q=q, product_id=product_id, position=position)


def purge() -> int:
    """Delete searches and clicks older than SEARCH_LOG_DAYS: the number of rows."""
    too_old = Q(created_at__lt=timezone.now() - dt.timedelta(days=settings.SEARCH_LOG_DAYS))
    searches, _ = SearchLogEntry.objects.filter(too_old).delete()
    clicks, _ = SearchClick.objects.filter(too_old).delete()
    return searches + clicks


@transaction.atomic
def refresh_popular_queries() -> int:
    """Replace the popular queries by those of the last days that found something: the number of them."""
    since = timezone.now() - dt.timedelta(days=POPULAR_DAYS)
    exact = SearchLogEntry.objects.filter(created_at__gte=since, count__gt=0, relaxed=False)
    counted = exact.values_list("q").annotate(searches=Count("*")).filter(searches__gte=POPULAR_FROM)
    rows = [PopularQuery(q=q, searches=searches) for q, searches in counted.order_by("-searches", "q")[:MAX_POPULAR]]
    PopularQuery.objects.all().delete()
    return len(PopularQuery.objects.bulk_create(rows))
