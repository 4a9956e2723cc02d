from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from foundation.replica import may_be_late
from storefront import basket, chosen_store
from storefront.http import back_to, is_fragment
from stores import selectors
from stores.distances import parse_place
from stores.models import Store

STORES_PER_PAGE = 20


@require_safe
@never_cache
@vary_on_headers("HX-Request")
def stores(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("city", "").replace("\0", "").strip()[:100]
    here = parse_place(request.GET.get("near", ""))
    found = selectors.stores_near(here) if here else selectors.find_stores(text)
    context = {
        "page": _read_page(found, request.GET.get("page")),
        "text": text,
        "near": request.GET.get("near", "") if here else "",
        "next": request.GET.get("next", ""),
    }
    if is_fragment(request):
        return render(request, "storefront/_stores.html", context | {"oob": True})
    return render(request, "storefront/stores.html", context)


@may_be_late
def _read_page(found: QuerySet[Store], number: str | None) -> Page[Store]:
    page = Paginator(found, STORES_PER_PAGE).get_page(number)
    page.object_list = list(page.object_list)
    return page


@require_POST
def choose_store(request: HttpRequest) -> HttpResponse:
    store = chosen_store.by_id(request.POST.get("store_id", ""))
    if store:
        messages.success(request, f"You are shopping at {store.name}.")
    if basket.of(request).lines:
        with basket.changing(request) as current:
            current.renew_key()  # at another store it is another order
    response = back_to(request, "storefront:home")
    chosen_store.remember(response, store)
    return response
