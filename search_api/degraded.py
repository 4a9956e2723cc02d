"""Search from PostgreSQL alone, for when OpenSearch is away: plainer, but with filters, sorts and pages."""

from decimal import Decimal

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from products.models import Product
from search_api import facets, selectors, synonym_table
from search_api.contracts import MAX_WINDOW, Hit, SearchRequest, SearchResponse, Sort
from search_api.highlighting import mark, wanted_words
from search_api.parsing import ParsedQuery, parse
from stores.models import Inventory

VECTOR = SearchVector("name", "brand", "description", "sku", config="english")
ORDER = {
    Sort.CHEAPEST: ("price", "id"),
    Sort.DEAREST: ("-price", "id"),
    Sort.NAME: ("name", "id"),
    Sort.NEWEST: ("-created_at", "id"),
    Sort.POPULARITY: ("-popularity", "id"),
}


def search(request: SearchRequest) -> SearchResponse:
    """The page, marked degraded."""
    parsed = parse(request.q, synonym_table.current())
    products = _ordered(_filtered(_matching(parsed), request), request, parsed)
    count = products.count()
    end = request.offset + request.page_size
    page = list(products.select_related("category")[request.offset : end])
    return SearchResponse(
        count=count,
        results=_hits(page, request, parsed),
        facets=facets.none(),
        degraded=True,
        next_page=request.page + 1 if end < count and end + request.page_size <= MAX_WINDOW else None,
        previous_page=request.page - 1 if request.page > 1 else None,
    )


def _matching(parsed: ParsedQuery) -> QuerySet[Product]:
    products = Product.objects.searchable().annotate(vector=VECTOR)
    if parsed.nothing:
        return products.none()
    for concept in parsed.concepts:
        forms = Q(sku__iexact=concept.text)
        for text in (concept.text, *concept.synonyms):
            forms |= Q(vector=SearchQuery(text, config="english"))
        products = products.filter(forms)
    for phrase in parsed.phrases:
        products = products.filter(vector=SearchQuery(phrase, config="english", search_type="phrase"))
    for word in parsed.excluded:
        products = products.exclude(vector=SearchQuery(word, config="english"))
    return products


def _filtered(products: QuerySet[Product], request: SearchRequest) -> QuerySet[Product]:
    if request.categories:
        below = Q()
        for path in request.categories:
            below |= Q(category__path=path) | Q(category__path__startswith=f"{path} > ")
        products = products.filter(below)
    if request.brands:
        products = products.filter(brand__in=request.brands)
    lowest, highest = request.price_min or Decimal(0), request.price_max
    products = products.filter(price__gte=lowest)
    if highest is not None:
        products = products.filter(price__lte=highest)
    if request.in_stock is None:
        return products
    return products.filter(_available(request) if request.in_stock else ~_available(request))


def _available(request: SearchRequest) -> Exists:
    rows = Inventory.objects.filter(product=OuterRef("pk"), quantity__gt=0)
    return Exists(rows if request.store_id is None else rows.filter(store_id=request.store_id))


def _ordered(products: QuerySet[Product], request: SearchRequest, parsed: ParsedQuery) -> QuerySet[Product]:
    products = products.annotate(available=_available(request))
    if request.sort in ORDER:
        return products.order_by(*ORDER[request.sort])
    if not parsed.concepts:
        return products.order_by("-available", "-popularity", "id")
    rank = SearchRank(F("vector"), SearchQuery(parsed.text, config="english"))
    return products.annotate(rank=rank).order_by("-available", "-rank", "id")


def _hits(page: list[Product], request: SearchRequest, parsed: ParsedQuery) -> list[Hit]:
    wanted = wanted_words(parsed)
    hits = [_hit(product, wanted) for product in page]
    if request.store_id is not None:
        selectors.add_quantities(hits, request.store_id)
    return hits


def _hit(product: Product, wanted: frozenset[str]) -> Hit:
    marked = mark(product.name, wanted) if wanted else ""
    return {
        "id": product.pk,
        "sku": product.sku,
        "name": product.name,
        "brand": product.brand,
        "category": product.category.path if product.category else "",
        "price": str(product.price),
        "in_stock": bool(getattr(product, "available", False)),
        "highlight": {"name": marked} if marked else {},
    }
