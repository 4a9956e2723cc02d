import dataclasses
import logging
from decimal import Decimal

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from products.models import PATH_SEPARATOR
from search_api import services as search
from search_api.contracts import SearchRequest, Sort
from storefront import chosen_store, results
from storefront.comparison import NOTHING
from storefront.http import is_fragment
from storefront.search_state import ALL_STORES, parse

logger = logging.getLogger(__name__)

POPULAR = 8
EXAMPLE_PRICE = Decimal(1299)


@require_safe
@gzip_page
def home(request: HttpRequest) -> HttpResponse:
    """The search box, always; categories and popular products only if PostgreSQL answers in time for OpenSearch."""
    store = chosen_store.of(request)
    popular = SearchRequest(
        sort=Sort.POPULARITY, page_size=POPULAR, in_stock=True, store_id=store.pk if store else None
    )
    try:
        response = search.search(popular)
    except OperationalError:
        logger.warning("the home page is without products: they took too long", exc_info=True)
        response = None
    categories = response.facets["category"] if response else []
    root_categories = [value for value in categories if PATH_SEPARATOR not in value["value"]]
    context = {"response": response, "root_categories": root_categories, "store": store}
    return render(request, "storefront/home.html", context, status=200 if response else 503)


@require_safe
@never_cache
@vary_on_headers("HX-Request")
@gzip_page
def results_page(request: HttpRequest) -> HttpResponse:
    """The results of a search. An htmx request gets the hits and, out of band, the facets."""
    state = parse(request.GET)
    store = None
    if state.store != ALL_STORES:
        store = chosen_store.by_id(state.store) or chosen_store.of(request)
    query = dataclasses.replace(state.request, store_id=store.pk if store else None)
    response = search.search(query)
    if not response.results and query.page > 1:
        return redirect(state.changed().url)
    typed, state = state, state.explicit(response.interpreted)
    context = {
        "state": state,
        "query": query.q,
        "meanings": results.meanings(response),
        "as_words": typed.changed(interpret=False),
        "store": store,
        "response": response,
        "facets": results.facets(state, response, store),
        "chips": results.chips(state, response),
        "uncompared": state.comparing(NOTHING),
        "more_filters": results.more_filters(state, response),
        # The page shows a corrected spelling by itself, with a way back.
        "changes": [change for change in response.relaxed if change["kind"] != "spelling"],
        "as_typed": typed.changed(spelling=False) if response.did_you_mean else None,
        **results.parted(state, response),
        "pages": results.page_links(state, response.count),
        "previous_url": state.changed(page=response.previous_page).url if response.previous_page else "",
        "next_url": state.changed(page=response.next_page).url if response.next_page else "",
        "sorts": results.SORTS,
        "example_price": EXAMPLE_PRICE,
    }
    if not is_fragment(request):
        return render(request, "storefront/results.html", context)
    fragment = render(request, "storefront/_results.html", context)
    fragment["HX-Push-Url"] = typed.url
    return fragment
