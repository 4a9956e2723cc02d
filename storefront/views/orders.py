"""A visitor's orders."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders.errors import NotCancellableError
from orders.selectors import order_for
from orders.serializers import MAX_LINES
from orders.services import cancel_order
from storefront import basket, chosen_store, selectors
from stores.models import Store

ORDERS_A_PAGE = 20


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """The visitor's orders, and the stores they work at."""
    orders = selectors.orders_of(request.user, basket.placed_orders(request))
    context = {
        "page": Paginator(orders, ORDERS_A_PAGE).get_page(request.GET.get("page")),
        "works_at": selectors.staffed_stores(request.user)[:1] if request.user.is_authenticated else [],
    }
    return render(request, "storefront/account.html", context)


@require_safe
@never_cache
def order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """What became of an order: confirmed, rejected with what is short, or cancelled."""
    found = order_for(request.user, order_id)
    shortages = {row["product_id"]: row for row in found.shortages}
    lines: list[dict[str, Any]] = [
        {"item": item, "short": shortages.get(item.product_id)} for item in found.items.all()
    ]
    context = {
        "order": found,
        "lines": lines,
        "something_available": any(not line["short"] or line["short"]["available"] for line in lines),
    }
    return render(request, "storefront/order.html", context)


@require_POST
def cancel(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Cancel a confirmed order; its units go back into stock."""
    try:
        cancel_order(order_id=order_for(request.user, order_id).pk)
    except NotCancellableError as error:
        messages.error(request, f"Nothing was cancelled: {error}.")
    return redirect("storefront:order", order_id=order_id)


@require_POST
def take_available(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Put as much of a rejected order as its store has now into the basket, which becomes one of that store.

    Of a product that the basket has already, the larger quantity counts, so that what the order left there is not
    doubled. Other lines stay.
    """
    found = order_for(request.user, order_id)
    ordered = {item.product_id: item.quantity for item in found.items.all()}
    there = selectors.sellable_now(found.store_id, ordered)
    with basket.changing(request) as held:
        held.reduce_to(there)
        all_fit = _raise_to(held, {product_id: min(ordered[product_id], there[product_id]) for product_id in ordered})
    for text in _taken(found.store, chosen_store.of(request), stayed=bool(held.lines.keys() - ordered.keys())):
        messages.info(request, text)
    if not all_fit:
        messages.warning(request, f"Not all of that order fits: an order has at most {MAX_LINES} different products.")
    response = redirect("storefront:basket")
    chosen_store.remember(response, found.store)
    return response


def _raise_to(held: basket.Basket, quantities: Mapping[int, int]) -> bool:
    """At least that many of each; False when the basket has no line left for some of them."""
    all_fit = True
    for product_id, quantity in quantities.items():
        try:
            held.set(product_id, max(quantity, held.lines.get(product_id, 0)))
        except basket.BasketFullError:
            all_fit = False
    return all_fit


def _taken(store: Store, before: Store | None, *, stayed: bool) -> Iterator[str]:
    what = f"Your basket has what {store.name} has in stock of that order."
    yield f"{what} Everything else in it has stayed." if stayed else what
    if before and before != store:
        yield f"You are shopping at {store.name} again, no longer at {before.name}."
