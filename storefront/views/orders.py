import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orders.errors import NotCancellableError
from orders.models import Order
from orders.selectors import order_for
from orders.serializers import MAX_LINES
from orders.services import cancel_order
from storefront import basket, chosen_store, placed_orders, selectors

ORDERS_PER_PAGE = 20


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    orders = selectors.orders_of(request.user, placed_orders.of(request).values())
    context = {
        "page": Paginator(orders, ORDERS_PER_PAGE).get_page(request.GET.get("page")),
        "works_at_a_store": request.user.is_authenticated and selectors.staffed_stores(request.user).exists(),
    }
    return render(request, "storefront/account.html", context)


def _order_for(request: HttpRequest, order_id: uuid.UUID) -> Order:
    return order_for(request.user, order_id, token=placed_orders.token_of(request, order_id))


@require_safe
@never_cache
def order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    found = _order_for(request, order_id)
    shortages = {shortage["product_id"]: shortage for shortage in found.shortages}
    lines: list[dict[str, Any]] = [
        {"item": item, "shortage": shortages.get(item.product_id)} for item in found.items.all()
    ]
    context = {
        "order": found,
        "lines": lines,
        "something_available": any(not line["shortage"] or line["shortage"]["available"] for line in lines),
    }
    return render(request, "storefront/order.html", context)


@require_POST
def cancel(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    try:
        cancel_order(order_id=_order_for(request, order_id).pk)
    except NotCancellableError as error:
        messages.error(request, f"Nothing was cancelled: {error}.")
    return redirect("storefront:order", order_id=order_id)


@require_POST
def take_available(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Put what its store has of a rejected order into the basket; the store becomes the visitor's.

    A product that is already in the basket keeps the larger of the two quantities: the order's
    lines are usually still there, and adding would double them. Other lines stay.
    """
    rejected = _order_for(request, order_id)
    ordered = {item.product_id: item.quantity for item in rejected.items.all()}
    available = selectors.sellable_now(rejected.store_id, ordered)
    all_fit = True
    with basket.changing(request) as current:
        current.reduce_to(available)
        for product_id, quantity in ordered.items():
            wanted = max(min(quantity, available[product_id]), current.lines.get(product_id, 0))
            try:
                current.set(product_id, wanted)
            except basket.BasketFullError:
                all_fit = False
        has_other_lines = bool(current.lines.keys() - ordered.keys())
    text = f"Your basket now has what {rejected.store.name} has in stock of that order."
    messages.info(request, f"{text} Other products in it have not changed." if has_other_lines else text)
    previous_store = chosen_store.of(request)
    if previous_store and previous_store != rejected.store:
        text = f"You are shopping at {rejected.store.name} again, no longer at {previous_store.name}."
        messages.info(request, text)
    if not all_fit:
        messages.warning(request, f"Not all of that order fits: an order has at most {MAX_LINES} different products.")
    response = redirect("storefront:basket")
    chosen_store.remember(response, rejected.store)
    return response
