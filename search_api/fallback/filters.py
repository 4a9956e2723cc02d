"""Filters in PostgreSQL, and facets: each ignores its own filter and obeys the others."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from language.prefix_match import has_word_prefixes
from products.models import PATH_SEPARATOR, Category, Product
from products.paths import levels
from search_api.contracts import Facets, SearchRequest
from search_api.engine import facets
from stores.models import Inventory

ON_SALE = Q(list_price__gt=F("price"))
NOT_ON_SALE = Q(list_price=None) | Q(list_price__lte=F("price"))  # NOT would lose those without a list price
ABOVE_ALL_PRICES = 10**10  # a price has at most ten digits before its point


def filtered(products: QuerySet[Product], request: SearchRequest, *, ignored: str = "") -> QuerySet[Product]:
    """The products that pass the request's filters, except the filter of the ignored facet."""
    conditions: defaultdict[str, Q] = defaultdict(Q)
    for brand in request.brands:
        conditions["brand"] |= Q(brand__unaccent__iexact=brand)
    for path in request.categories:
        below = Q(path__unaccent__iexact=path) | Q(path__unaccent__istartswith=path + PATH_SEPARATOR)
        conditions["category"] |= Q(category__in=Category.objects.filter(below))
    bounds = {"price__gte": request.price_min, "price__lte": request.price_max}
    conditions["price"] = Q(**{lookup: price for lookup, price in bounds.items() if price is not None})
    if request.in_stock is not None:
        in_stock = Q(available(request.store_id))
        conditions["availability"] = in_stock if request.in_stock else ~in_stock
    if request.on_sale is not None:
        conditions["on_sale"] = ON_SALE if request.on_sale else NOT_ON_SALE
    return products.filter(*(condition for facet, condition in conditions.items() if facet != ignored))


def available(store_id: int | None) -> Exists:
    """Whether the product is in stock: in any store, or in the given one."""
    stock = Inventory.objects.filter(product=OuterRef("pk"), quantity__gt=0)
    return Exists(stock if store_id is None else stock.filter(store_id=store_id))


def count_facets(products: QuerySet[Product], request: SearchRequest) -> Facets:
    paths = filtered(products, request, ignored="category").filter(category__isnull=False)
    categories: Counter[str] = Counter()
    for path, count in paths.values_list("category__path").annotate(count=Count("*")):
        categories.update(dict.fromkeys(levels(path), count))
    branded = filtered(products, request, ignored="brand").exclude(brand="")
    brands = dict(branded.values_list("brand").annotate(count=Count("*")))
    ranges = {
        f"range_{place}": Count("pk", filter=Q(price__gte=low or 0, price__lt=high or ABOVE_ALL_PRICES))
        for place, (low, high) in enumerate(facets.PRICE_RANGES)
    }
    prices = filtered(products, request, ignored="price").aggregate(low=Min("price"), high=Max("price"), **ranges)
    in_stock = Count("pk", filter=available(request.store_id))
    counts = filtered(products, request, ignored="availability").aggregate(total=Count("pk"), in_stock=in_stock)
    on_sale = Count("pk", filter=ON_SALE)
    sales = filtered(products, request, ignored="on_sale").aggregate(total=Count("pk"), on_sale=on_sale)
    return {
        "category": facets.categories(_largest(categories, request.category_search, facets.MAX_CATEGORIES), request),
        "brand": facets.brands(_largest(brands, request.brand_search, facets.MAX_BRANDS), request),
        "price": {
            "min": facets.price_text(prices["low"]),
            "max": facets.price_text(prices["high"]),
            "ranges": facets.price_ranges([prices[name] for name in ranges], request),
        },
        "availability": facets.availability_values(**counts, request=request),
        "on_sale": facets.on_sale_values(**sales, request=request),
        "store": [],  # not counted: that would read the stock of every hit in every store
        "attributes": [],  # nor are these: that would read all values of every hit
        "more_attributes": [],
    }


def _largest(counts: Mapping[str, int], searched: str, most: int) -> dict[str, int]:
    """The values with the largest counts, of those that have words with the searched prefixes."""
    found = (item for item in counts.items() if not searched or has_word_prefixes(item[0], searched))
    return dict(sorted(found, key=lambda item: (-item[1], item[0]))[:most])
