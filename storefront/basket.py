"""The visitor's basket. It is part of the session: it needs no account and survives signing in."""

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, cast

from django.http import HttpRequest

from orders.serializers import MAX_LINES
from storefront.sessions import SessionStore

SESSION_KEY = "basket"
MAX_QUANTITY = 999  # units of a line; orders through the API may have more


class BasketFullError(Exception):
    """The basket already has as many products as an order may have lines."""


class Basket:
    """Quantities by product id in order of adding, and the idempotency key of the order to come.

    Every change renews the key, so that sending the same basket twice gives one order.
    """

    def __init__(self, session: Any) -> None:
        stored = session.get(SESSION_KEY, {})
        self._session = session
        self.key: str = stored.get("key", "")
        self.lines: dict[int, int] = {int(product_id): units for product_id, units in stored.get("lines", {}).items()}

    def add(self, product_id: int, quantity: int = 1) -> None:
        self.set(product_id, self.lines.get(product_id, 0) + quantity)

    def set(self, product_id: int, quantity: int) -> None:
        """Set a quantity, at most `MAX_QUANTITY`; 0 removes the line. Raises BasketFullError."""
        if quantity <= 0:
            self.lines.pop(product_id, None)
        elif product_id not in self.lines and len(self.lines) >= MAX_LINES:
            raise BasketFullError
        else:
            self.lines[product_id] = min(quantity, MAX_QUANTITY)
        self.renew_key()

    def reduce_to(self, limits: Mapping[int, int]) -> None:
        """Reduce each of the products to its limit at most; a limit of 0 removes the line."""
        for product_id, limit in limits.items():
            if self.lines.get(product_id, 0) > limit:
                self.set(product_id, limit)

    def renew_key(self) -> None:
        """Save the basket with a new key: the next order of the same content is another order."""
        self.key = str(uuid.uuid4())
        lines = {str(product_id): quantity for product_id, quantity in self.lines.items()}
        self._session[SESSION_KEY] = {"key": self.key, "lines": lines}


def of(request: HttpRequest) -> Basket:
    """The basket as the request found it, for reading only; `changing` is for changes."""
    current: Basket | None = getattr(request, "_basket", None)
    if current is None:
        # An error page may be rendered before there is a session.
        current = Basket(getattr(request, "session", {}))
        request._basket = current  # type: ignore[attr-defined]  # noqa: SLF001
    return current


@contextlib.contextmanager
def changing(request: HttpRequest) -> Iterator[Basket]:
    """The latest basket, with its session locked: other requests of the visitor wait meanwhile."""
    with cast("SessionStore", request.session).locked():
        request._basket = Basket(request.session)  # type: ignore[attr-defined]  # noqa: SLF001
        yield of(request)
