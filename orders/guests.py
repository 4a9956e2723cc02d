"""What guests may order, and the token that opens a guest's order.

The order's id begins with the time and appears in mails and lists, so it opens nothing. The token
is returned once, with the answer to the order; PostgreSQL has its digest only.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

from foundation.advisory_locks import lock_until_commit, number_of
from foundation.idempotency import IdempotencyKey
from orders.errors import InvalidOrderError, TooManyConfirmationsError
from orders.models import Order

DAY = timedelta(days=1)


def access_token(key: IdempotencyKey | None) -> str:
    """A new token; for a repeated key the same one, since the first answer may have been lost."""
    if key is None:
        return secrets.token_urlsafe(32)
    return salted_hmac("orders.guests", f"{key.caller}\0{key.key}", algorithm="sha256").hexdigest()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def opens(token: str, order: Order) -> bool:
    """Whether the order is a guest's and the token its own."""
    is_guests = order.customer_id is None and bool(order.access_digest)
    return is_guests and secrets.compare_digest(digest_of(token), order.access_digest)


def check_size(quantities: Collection[int], *, products: int) -> None:
    """Raises InvalidOrderError for more than GUEST_MAX_LINES products or GUEST_MAX_UNITS units in all."""
    errors = []
    if products > settings.GUEST_MAX_LINES:
        errors.append(
            (
                "items",
                "too_many_lines",
                f"Without signing in, an order has at most {settings.GUEST_MAX_LINES} products.",
            )
        )
    if sum(quantities) > settings.GUEST_MAX_UNITS:
        errors.append(
            ("items", "too_many_units", f"Without signing in, an order has at most {settings.GUEST_MAX_UNITS:,} units.")
        )
    if errors:
        raise InvalidOrderError(errors)


def check_recipient(email: str) -> None:
    """Raises TooManyConfirmationsError when guests have ordered to this address too often in a day.

    Orders to the same address wait for each other until the transaction ends, so that none passes the limit.
    """
    address = email.lower()
    lock_until_commit(number_of("orders.guests", address))
    orders = Order.objects.alias(address=Lower("email")).filter(
        address=address, customer=None, created_at__gt=Now() - DAY
    )
    # An order that was cancelled since has sent its confirmation too.
    sent = orders.exclude(email="").exclude(status=Order.Status.REJECTED)
    if sent.count() >= settings.GUEST_CONFIRMATIONS:
        raise TooManyConfirmationsError
