from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from foundation.errors import KeyReusedError, RequestInProgressError
from foundation.money import format_money
from orders.errors import InvalidOrderError, PriceChangedError, TooManyConfirmationsError
from orders.models import Order
from orders.permissions import may_order
from orders.receipts import PlacedOrder
from storefront import basket, chosen_store, placed_orders, selectors
from storefront.forms import CheckoutForm, error_text
from storefront.services import order_basket

BASKET_CHANGED = "Your basket has changed since this page was shown. Please check it."
PRICE_CHANGED = "Prices have risen since this page was shown: your basket is now {total}. Please check it."
NO_LONGER_SOLD = "A product in your basket is no longer sold, and was removed."
REFUSALS = (
    InvalidOrderError,
    PriceChangedError,
    TooManyConfirmationsError,
    KeyReusedError,
    RequestInProgressError,
)
IN_PROGRESS = "Your order is still being placed. Look at your orders in a moment."


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Order the basket. The same form sent again (double click, reload) leads to the same order."""
    form = CheckoutForm(request.POST)
    if not form.is_valid():
        return _back_to_basket(request, f"Nothing was ordered. {error_text(form)}")
    key = str(form.cleaned_data["idempotency_key"])
    if order_id := placed_orders.of(request).get(key):
        return redirect("storefront:order", order_id=order_id)
    if not may_order(request.user):
        return redirect_to_login(reverse("storefront:basket"), reverse("storefront:sign-in"))
    current = basket.of(request)
    if key != current.key or not current.lines:
        return _back_to_basket(request, BASKET_CHANGED)
    try:
        order = order_basket(
            lines=current.lines,
            store_id=form.cleaned_data["store_id"],
            key=key,
            customer_id=request.user.pk,
            email=form.cleaned_data["email"] or getattr(request.user, "email", ""),
            expected_total=form.cleaned_data["total"],
        )
    except REFUSALS as error:
        messages.error(request, _explain_and_correct(request, error))
        return redirect("storefront:basket")
    response = redirect("storefront:order", order_id=order.id)
    try:
        _record(request, key, current.lines, order)
    except SessionInterrupted:
        # The visitor has signed in meanwhile. In the new session, the form leads to this order too.
        placed_orders.hand_over(response, key)
    return response


place.throttle_scope = "orders"  # type: ignore[attr-defined]  # one limit together with `POST /orders/`


def _record(request: HttpRequest, key: str, lines: Mapping[int, int], order: PlacedOrder) -> None:
    """Record the order in the session, and take it out of the basket if it is confirmed."""
    with basket.changing(request) as current:
        if key in placed_orders.of(request):
            return  # the other click of a double click recorded it
        if order.status == Order.Status.REJECTED:
            current.renew_key()
        else:
            for product_id, quantity in lines.items():
                current.add(product_id, -quantity)
        placed_orders.remember(request, key, str(order.id))


def _explain_and_correct(request: HttpRequest, error: Exception) -> str:
    """Why nothing was ordered. What the visitor cannot correct in the basket is corrected."""
    match error:
        case InvalidOrderError():
            return _explain_invalid(request, error)
        case PriceChangedError():
            return PRICE_CHANGED.format(total=format_money(error.total))
        case KeyReusedError():
            with basket.changing(request) as current:
                current.renew_key()
            return BASKET_CHANGED
        case RequestInProgressError():
            return IN_PROGRESS
        case _:
            return f"Nothing was ordered: {error}."


def _explain_invalid(request: HttpRequest, error: InvalidOrderError) -> str:
    """Products that are no longer sold are removed from the basket."""
    messages_by_field = {each["field"]: each["message"] for each in error.members["errors"]}
    if not any(field.endswith(".product_id") for field in messages_by_field):
        return f"Nothing was ordered. {' '.join(messages_by_field.values())}"
    lines = basket.of(request).lines
    content = selectors.basket_content(lines, chosen_store.of(request))
    sold = {line.product.pk for line in content.lines if line.product.active}
    with basket.changing(request) as current:
        current.reduce_to(dict.fromkeys(lines.keys() - sold, 0))
    return NO_LONGER_SOLD


def _back_to_basket(request: HttpRequest, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("storefront:basket")
