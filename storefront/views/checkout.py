"""From a basket to an order, once."""

import contextlib
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from foundation.errors import KeyReusedError, RequestInProgressError
from orders.errors import InvalidOrderError
from orders.models import Order
from orders.permissions import may_order
from orders.receipts import PlacedOrder
from storefront import basket, chosen_store, selectors
from storefront.forms import CheckoutForm, reasons
from storefront.services import order_basket

CHANGED = "Your basket has changed since this page was shown. Please look it over."


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Order the basket. Sent again (double click, reload, back), it leads to the order that there is."""
    form = CheckoutForm(request.POST)
    if not form.is_valid():
        return _back_to_basket(request, f"Nothing was ordered. {reasons(form)}")
    if placed := basket.order_placed_with(request, str(form.cleaned_data["idempotency_key"])):
        return redirect("storefront:order", order_id=placed)
    if not may_order(request.user):
        return redirect_to_login(reverse("storefront:basket"), reverse("storefront:sign-in"))
    return _place_once(request, form.cleaned_data)


place.throttle_scope = "orders"  # type: ignore[attr-defined]  # the limit of `POST /orders/`, together with it


def _place_once(request: HttpRequest, wanted: dict[str, Any]) -> HttpResponse:
    held, key = basket.of(request), str(wanted["idempotency_key"])
    if key != held.key or not held.lines:
        return _back_to_basket(request, CHANGED)
    try:
        order = order_basket(
            lines=held.lines,
            store_id=wanted["store_id"],
            key=key,
            customer_id=request.user.pk,
            email=wanted["email"] or getattr(request.user, "email", ""),
        )
    except InvalidOrderError as error:
        return _back_to_basket(request, _explained(request, error))
    except KeyReusedError:
        with basket.changing(request) as held:
            held.renew_key()
        return _back_to_basket(request, CHANGED)
    except RequestInProgressError:
        return _back_to_basket(request, "Your order is still being placed. Look at your orders in a moment.")
    with contextlib.suppress(SessionInterrupted):  # signed in meanwhile: the key, sent again, leads to this order too
        _finish(request, key, held.lines, order)
    return redirect("storefront:order", order_id=order.id)


def _finish(request: HttpRequest, key: str, lines: Mapping[int, int], order: PlacedOrder) -> None:
    """A confirmed order leaves the basket; after a rejected one it can be changed and ordered anew."""
    with basket.changing(request) as held:
        if basket.order_placed_with(request, key):
            return  # the other click of a double click was here
        if order.status == Order.Status.REJECTED:
            held.renew_key()
        else:
            held.take_out(lines)
        basket.remember_placed(request, key, str(order.id))


def _explained(request: HttpRequest, error: InvalidOrderError) -> str:
    """Why there was nothing to judge. What is no longer sold leaves the basket."""
    told = {each["field"]: each["message"] for each in error.members["errors"]}
    if any(field.endswith(".product_id") for field in told):
        _drop_what_is_gone(request)
        return "Something in your basket is no longer sold, and was taken out."
    return f"Nothing was ordered. {' '.join(told.values())}"


def _drop_what_is_gone(request: HttpRequest) -> None:
    held = basket.of(request)
    content = selectors.basket_content(held.lines, chosen_store.of(request))
    sold = {line.product.pk for line in content.lines if line.product.active}
    gone = held.lines.keys() - sold
    with basket.changing(request) as held:
        for product_id in gone:
            held.set(product_id, 0)


def _back_to_basket(request: HttpRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("storefront:basket")
