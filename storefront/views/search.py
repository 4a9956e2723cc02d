"""Home and results."""

import dataclasses

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
from storefront.http import is_fragment
from storefront.search_state import ALL_STORES, SearchState, read
from stores.models import Store

POPULAR = 8


@require_safe
@gzip_page
def home(request: HttpRequest) -> HttpResponse:
    """The search box, the categories and what is bought most, at the visitor's store."""
    store = chosen_store.of(request)
    answer = search.search(
        SearchRequest(sort=Sort.POPULARITY, page_size=POPULAR, in_stock=True, store_id=store.pk if store else None)
    )
    roots = [value for value in answer.facets["category"] if PATH_SEPARATOR not in value["value"]]
    return render(request, "storefront/home.html", {"answer": answer, "roots": roots, "store": store})


@require_safe
@never_cache
@vary_on_headers("HX-Request")
@gzip_page
def results_page(request: HttpRequest) -> HttpResponse:
    """What a search found. An htmx request gets the hits and, out of band, the filters."""
    state, store = _with_store(request, read(request.GET))
    answer = search.search(state.request)
    if not answer.results and state.request.page > 1:
        return redirect(state.changed().url)
    context = {
        "state": state,
        "query": state.request.q,
        "store": store,
        "answer": answer,
        "facets": results.facets(state, answer, store),
        "chips": results.chips(state),
        "unfiltered": results.unfiltered(state),
        "pages": results.pages(state, answer.count),
        "next_url": results.neighbour(state, answer, 1),
        "previous_url": results.neighbour(state, answer, -1),
        "better": results.better_spelling(state, answer),
        "sorts": results.SORTS,
        "fragment": is_fragment(request),
    }
    template = "storefront/_results.html" if context["fragment"] else "storefront/results.html"
    response = render(request, template, context)
    if context["fragment"]:
        response["HX-Push-Url"] = state.url
    return response


def _with_store(request: HttpRequest, state: SearchState) -> tuple[SearchState, Store | None]:
    """The store that the address names, else the visitor's, made part of the question."""
    store = None
    if state.store != ALL_STORES:
        store = chosen_store.by_id(state.store) or chosen_store.of(request)
    asked = dataclasses.replace(state.request, store_id=store.pk if store else None)
    return dataclasses.replace(state, request=asked), store
