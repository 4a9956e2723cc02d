"""The facets of a degraded search: counted by PostgreSQL under the same rules, one query each."""

import itertools

from django.db.models import Case, Count, IntegerField, Max, Min, QuerySet, Value, When

from products.models import PATH_SEPARATOR, Product
from search_api import facets, selectors
from search_api.contracts import AvailabilityValue, Facets, FacetValue, PriceFacet, SearchRequest, StoreValue
from search_api.degraded_filters import available, filtered
from search_api.facets import MAX_BRANDS, MAX_CATEGORIES, MAX_STORES, PRICE_RANGES
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
        for level in itertools.accumulate(
            path.split(PATH_SEPARATOR), lambda above, name: above + PATH_SEPARATOR + name
        ):
            totals[level] = totals.get(level, 0) + number
    largest = dict(sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:MAX_CATEGORIES])
    return facets.in_tree_order(facets.values(largest, request.categories))


def _brands(products: QuerySet[Product], request: SearchRequest) -> list[FacetValue]:
    named = products.exclude(brand="")
    if request.brand_search:
        named = named.filter(brand__icontains=request.brand_search)
    counts = dict(named.values_list("brand").annotate(number=Count("*")).order_by("-number", "brand")[:MAX_BRANDS])
    return facets.values(counts, request.brands)


def _price(products: QuerySet[Product], request: SearchRequest) -> PriceFacet:
    bounds = products.aggregate(lowest=Min("price"), highest=Max("price"))
    ranges = [
        When(price__lt=high, then=Value(place)) for place, (_, high) in enumerate(PRICE_RANGES) if high is not None
    ]
    place = Case(*ranges, default=Value(len(PRICE_RANGES) - 1), output_field=IntegerField())
    counts = dict(products.annotate(place=place).values_list("place").annotate(number=Count("*")))
    return {
        "min": facets.price_text(bounds["lowest"]),
        "max": facets.price_text(bounds["highest"]),
        "ranges": facets.price_ranges([counts.get(place, 0) for place in range(len(PRICE_RANGES))], request),
    }


def _availability(products: QuerySet[Product], request: SearchRequest) -> list[AvailabilityValue]:
    in_stock = products.filter(available(request.store_id)).count()
    return facets.availability_values(in_stock=in_stock, total=products.count(), request=request)


def _stores(products: QuerySet[Product], request: SearchRequest) -> list[StoreValue]:
    rows = Inventory.objects.filter(product__in=products.values("pk"), quantity__gt=0).values_list("store_id")
    counts = dict(rows.annotate(number=Count("*")).order_by("-number", "store_id")[:MAX_STORES])
    return facets.store_values(counts, request, selectors.store_names(list(counts)))
