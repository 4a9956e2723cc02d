"""The latest orders that were placed in a session: a guest may see and cancel them."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from orders.guests import access_token
from storefront.services import key_of_basket

SESSION_KEY = "placed"
COOKIE, COOKIE_AGE = "order", 3600  # s
MAX_ORDERS = 50  # of a session


def of(request: HttpRequest) -> dict[str, str]:
    """Order ids by the idempotency key that each was placed with, oldest first."""
    return dict(request.session.get(SESSION_KEY, {}))


def token_of(request: HttpRequest, order_id: uuid.UUID) -> str:
    """The access token of an order that was placed in this session as a guest; empty for others."""
    keys = [key for key, placed in of(request).items() if placed == str(order_id)]
    return access_token(key_of_basket(keys[0])) if keys else request.COOKIES.get(COOKIE, "")


def hand_over(response: HttpResponse, key: str) -> None:
    """Let the browser open the order to which it is redirected, when no session can record it."""
    path, secure = response["Location"], settings.SESSION_COOKIE_SECURE
    token = access_token(key_of_basket(key))
    response.set_cookie(COOKIE, token, COOKIE_AGE, path=path, secure=secure, httponly=True, samesite="Lax")


def remember(request: HttpRequest, key: str, order_id: str) -> None:
    """Record an order; only the latest `MAX_ORDERS` stay. Call it inside `basket.changing`."""
    orders = {**of(request), key: order_id}
    request.session[SESSION_KEY] = dict(list(orders.items())[-MAX_ORDERS:])
