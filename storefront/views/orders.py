"""A visitor's orders."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders.errors import NotCancellableError
from orders.selectors import order_for
from orders.services import cancel_order
from storefront import basket, chosen_store, selectors

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
    """Fill the basket with as much of a rejected order as its store has now."""
    found = order_for(request.user, order_id)
    items = list(found.items.all())
    there = selectors.quantities_now(found.store_id, [item.product_id for item in items])
    with basket.changing(request) as held:
        held.take_out(held.lines)
        for item in items:
            held.set(item.product_id, min(item.quantity, there.get(item.product_id, 0)))
    messages.info(request, f"Your basket has what {found.store.name} has in stock.")
    response = redirect("storefront:basket")
    chosen_store.remember(response, found.store)
    return response
