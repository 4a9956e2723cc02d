"""Filters in PostgreSQL, and facets: each ignores its own filter and obeys the others."""

from collections import Counter
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Floor
from django.db.models.lookups import GreaterThanOrEqual, In, LessThanOrEqual

from products.attribute_values import AttributeType, value_key
from products.models import PATH_SEPARATOR, Category, Product
from products.paths import levels
from products.price_cells import DIGITS
from search_api.contracts import AttributeFilter, Facets, SearchRequest
from search_api.engine import facets
from stores.models import Inventory

ON_SALE = Q(list_price__gt=F("price"))
NOT_ON_SALE = Q(list_price=None) | Q(list_price__lte=F("price"))  # NOT would lose those without a list price
# As `products.price_cells.cell`.
PRICE_CELL = Case(
    When(price=0, then=F("price")),
    default=Func(
        F("price"),
        Cast(DIGITS - 1 - Floor(Func(Cast("price", FloatField()), function="log10")), IntegerField()),
        function="trunc",
    ),
    output_field=DecimalField(),
)


class ValueKey(Func):
    function = "products_value_key"
    output_field = TextField()


def filtered(products: QuerySet[Product], request: SearchRequest, *, ignored: str = "") -> QuerySet[Product]:
    """The products that pass the request's filters, except the filter of the ignored facet."""
    conditions: dict[str, Q] = {}
    if request.brands:
        conditions["brand"] = Q(In(ValueKey("brand"), _keys(request.brands)))
    if request.categories:
        paths = Category.objects.alias(key=ValueKey("path"))
        within = Q(key__in=_keys(request.categories))
        for key in _keys(request.categories):
            within |= Q(key__startswith=key + PATH_SEPARATOR)
        conditions["category"] = Q(category__in=paths.filter(within))
    for chosen in request.attributes:
        conditions[f"attribute {chosen.code}"] = _has_attribute(chosen)
    bounds = {"price__gte": request.price_min, "price__lte": request.price_max}
    conditions["price"] = Q(**{lookup: price for lookup, price in bounds.items() if price is not None})
    if request.in_stock is not None:
        in_stock = Q(available(request.store_id))
        conditions["availability"] = in_stock if request.in_stock else ~in_stock
    if request.on_sale is not None:
        conditions["on_sale"] = ON_SALE if request.on_sale else NOT_ON_SALE
    return products.filter(*(condition for facet, condition in conditions.items() if facet != ignored))


def _keys(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(value_key, values)))


def _has_attribute(chosen: AttributeFilter) -> Q:
    code = Value(chosen.code)
    if chosen.type is not AttributeType.NUMBER:
        keys = Value(_keys(chosen.values), ArrayField(TextField()))
        return Q(Func("attributes", code, keys, function="products_has_value", output_field=BooleanField()))
    number = Func("attributes", code, function="products_number", output_field=FloatField())
    either = Q(In(number, [float(value) for value in chosen.values])) if chosen.values else Q()
    between = Q()
    if chosen.minimum is not None:
        between &= Q(GreaterThanOrEqual(number, float(chosen.minimum)))
    if chosen.maximum is not None:
        between &= Q(LessThanOrEqual(number, float(chosen.maximum)))
    return either | between if between else either


def available(store_id: int | None) -> Exists:
    """Whether the product is in stock: in any store, or in the given one."""
    stock = Inventory.objects.filter(product=OuterRef("pk"), quantity__gt=0)
    return Exists(stock if store_id is None else stock.filter(store_id=store_id))


def count_facets(products: QuerySet[Product], request: SearchRequest) -> Facets:
    """The facets that the request shows. Those of stores and attributes have no values.

    Counting them would read the stock, or the attributes, of every hit.
    """
    found = facets.none(request)
    if "category" in found:
        paths = filtered(products, request, ignored="category").filter(category__isnull=False)
        categories: Counter[str] = Counter()
        for path, count in paths.values_list("category__path").annotate(count=Count("*")):
            categories.update(dict.fromkeys(levels(path), count))
        by_path, spelled = _by_key(categories)
        most = request.facet_limit or facets.MAX_CATEGORIES
        shown = facets.shown_counts(by_path, request.categories, request.category_search, most)
        found["category"] = facets.category_values(shown, spelled, request)
    if "brand" in found:
        branded = filtered(products, request, ignored="brand").exclude(brand="")
        by_brand, spelled = _by_key(Counter(dict(branded.values_list("brand").annotate(count=Count("*")))))
        most = request.facet_limit or facets.MAX_BRANDS
        shown = facets.shown_counts(by_brand, request.brands, request.brand_search, most)
        found["brand"] = facets.values(shown, spelled, request.brands)
    if "price" in found:
        priced = filtered(products, request, ignored="price")
        prices = priced.aggregate(low=Min("price"), high=Max("price"))
        counted = priced.values_list(PRICE_CELL).annotate(count=Count("*")).order_by()
        cells = sorted((float(lowest), count) for lowest, count in counted)
        found["price"] = facets.price_facet(prices["low"], prices["high"], cells, request)
    if "availability" in found:
        in_stock = Count("pk", filter=available(request.store_id))
        counts = filtered(products, request, ignored="availability").aggregate(total=Count("pk"), in_stock=in_stock)
        found["availability"] = facets.availability_values(**counts, request=request)
    if "on_sale" in found:
        on_sale = Count("pk", filter=ON_SALE)
        sales = filtered(products, request, ignored="on_sale").aggregate(total=Count("pk"), on_sale=on_sale)
        found["on_sale"] = facets.on_sale_values(**sales, request=request)
    return found


def _by_key(counts: Counter[str]) -> tuple[Counter[str], dict[str, str]]:
    """Counts by key, and the commonest spelling of each among the hits."""
    by_key: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        by_key[value_key(value)] += count
        spelled.setdefault(value_key(value), value)
    return by_key, spelled
