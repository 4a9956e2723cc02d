"""The facets of a degraded search: counted by PostgreSQL under the same rules, one query each."""

from collections.abc import Mapping

from django.db.models import Case, Count, IntegerField, Max, Min, QuerySet, Value, When

from language.prefix_match import has_word_prefixes
from products.models import Product
from products.paths import levels
from search_api import selectors
from search_api.contracts import AvailabilityValue, Facets, FacetValue, PriceFacet, SearchRequest, StoreValue
from search_api.engine import facets
from search_api.engine.facets import MAX_BRANDS, MAX_CATEGORIES, MAX_NAMED_STORES, MAX_STORES, PRICE_RANGES
from search_api.fallback.filters import available, filtered
from stores.models import Inventory


def count(found: QuerySet[Product], request: SearchRequest) -> Facets:
    """The facets over what the words found; each ignores its own filter and obeys the others."""
    return {
        "category": _categories(filtered(found, request, but=("category",)), request),
        "brand": _brands(filtered(found, request, but=("brand",)), request),
        "price": _price(filtered(found, request, but=("price",)), request),
        "availability": _availability(filtered(found, request, but=("availability",)), request),
        "store": _stores(filtered(found, request, but=("availability", "store")), request),
    }


def _categories(products: QuerySet[Product], request: SearchRequest) -> list[FacetValue]:
    totals: dict[str, int] = {}
    filed = products.filter(category__isnull=False)
    for path, number in filed.values_list("category__path").annotate(number=Count("*")):
        for level in levels(path):
            totals[level] = totals.get(level, 0) + number
    return facets.categories(_largest(totals, request.category_search, MAX_CATEGORIES), request)


def _largest(totals: Mapping[str, int], text: str, most: int) -> dict[str, int]:
    """The largest of those with the words looked for, if any are."""
    named = ((value, number) for value, number in totals.items() if not text or has_word_prefixes(value, text))
    return dict(sorted(named, key=lambda item: (-item[1], item[0]))[:most])


def _brands(products: QuerySet[Product], request: SearchRequest) -> list[FacetValue]:
    totals = dict(products.exclude(brand="").values_list("brand").annotate(number=Count("*")))
    return facets.brands(_largest(totals, request.brand_search, MAX_BRANDS), request)


def _price(products: QuerySet[Product], request: SearchRequest) -> PriceFacet:
    ranges = [
        When(price__lt=high, then=Value(place)) for place, (_, high) in enumerate(PRICE_RANGES) if high is not None
    ]
    place = Case(*ranges, default=Value(len(PRICE_RANGES) - 1), output_field=IntegerField())
    placed = products.annotate(place=place).values_list("place")
    rows = list(placed.annotate(number=Count("*"), lowest=Min("price"), highest=Max("price")))
    counts = {place: number for place, number, _, _ in rows}
    return {
        "min": facets.price_text(min((lowest for _, _, lowest, _ in rows), default=None)),
        "max": facets.price_text(max((highest for _, _, _, highest in rows), default=None)),
        "ranges": facets.price_ranges([counts.get(place, 0) for place in range(len(PRICE_RANGES))], request),
    }


def _availability(products: QuerySet[Product], request: SearchRequest) -> list[AvailabilityValue]:
    counts = products.aggregate(total=Count("pk"), in_stock=Count("pk", filter=available(request.store_id)))
    return facets.availability_values(in_stock=counts["in_stock"], total=counts["total"], request=request)


def _stores(products: QuerySet[Product], request: SearchRequest) -> list[StoreValue]:
    rows = Inventory.objects.filter(product__in=products.values("pk"), quantity__gt=0).values_list("store_id")
    if request.store_search:
        rows = rows.filter(store__in=selectors.stores_named(request.store_search)[:MAX_NAMED_STORES])
    counts = dict(rows.annotate(number=Count("*")).order_by("-number", "store_id")[:MAX_STORES])
    return facets.store_values(counts, request, selectors.store_names(list(counts)))
