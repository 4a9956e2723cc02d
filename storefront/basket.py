"""The shopper's basket. It lives in the session: no account is needed, and it survives signing in."""

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, cast

from django.http import HttpRequest

from orders.serializers import MAX_LINES
from storefront.sessions import SessionStore

SESSION_KEY = "basket"
PLACED_KEY = "placed"
PLACED_KEPT = 50  # orders of a session
MAX_QUANTITY = 999  # units of a line; an order may have more, a person's basket need not


class BasketFullError(Exception):
    """One more product than an order may have lines."""


class Basket:
    """Quantities by product id, in the order of adding, and the idempotency key of the order they would make.

    The key is renewed whenever the content changes, so that sending the same basket twice gives one order.
    """

    def __init__(self, session: Any) -> None:
        stored = session.get(SESSION_KEY, {})
        self._session = session
        self._lines: dict[str, int] = dict(stored.get("lines", {}))
        self.key: str = stored.get("key", "")

    def __len__(self) -> int:
        """How many units are in it."""
        return sum(self._lines.values())

    @property
    def lines(self) -> dict[int, int]:
        """Quantity by product id."""
        return {int(product_id): quantity for product_id, quantity in self._lines.items()}

    def add(self, product_id: int, quantity: int = 1) -> None:
        """Put that many more in."""
        self.set(product_id, self.lines.get(product_id, 0) + quantity)

    def set(self, product_id: int, quantity: int) -> None:
        """Make it that many, at most `MAX_QUANTITY`; none takes the line out."""
        if quantity <= 0:
            self._lines.pop(str(product_id), None)
        elif str(product_id) not in self._lines and len(self._lines) >= MAX_LINES:
            raise BasketFullError
        else:
            self._lines[str(product_id)] = min(quantity, MAX_QUANTITY)
        self.renew_key()

    def reduce_to(self, available: Mapping[int, int]) -> None:
        """At most that many of each of those products; none takes the line out."""
        for product_id, quantity in available.items():
            if self.lines.get(product_id, 0) > quantity:
                self.set(product_id, quantity)

    def take_out(self, lines: Mapping[int, int]) -> None:
        """Take that many of each product out, as far as they are in."""
        for product_id, quantity in lines.items():
            self.set(product_id, self.lines.get(product_id, 0) - quantity)

    def renew_key(self) -> None:
        """Let the next order of this content be another order."""
        self.key = str(uuid.uuid4())
        self._session[SESSION_KEY] = {"key": self.key, "lines": self._lines}


def of(request: HttpRequest) -> Basket:
    """The basket of this visitor as the request found it, to read; `changing` is for changes."""
    held: Basket | None = getattr(request, "_basket", None)
    if held is None:
        held = Basket(getattr(request, "session", {}))  # an error before the sessions has none
        request._basket = held  # type: ignore[attr-defined]  # noqa: SLF001
    return held


@contextlib.contextmanager
def changing(request: HttpRequest) -> Iterator[Basket]:
    """The basket of this visitor as it is now; their other requests wait until the change is saved. Keep it short."""
    with cast("SessionStore", request.session).held():
        request._basket = Basket(request.session)  # type: ignore[attr-defined]  # noqa: SLF001
        yield of(request)


def order_placed_with(request: HttpRequest, key: str) -> str | None:
    """The id of the order that this visitor already placed with an idempotency key."""
    order_id: str | None = request.session.get(PLACED_KEY, {}).get(key)
    return order_id


def placed_orders(request: HttpRequest) -> set[str]:
    """Ids of the latest orders placed in this session: a guest may see and cancel them."""
    return set(request.session.get(PLACED_KEY, {}).values())


def remember_placed(request: HttpRequest, key: str, order_id: str) -> None:
    """Keep which order a key gave, for the latest keys. To be called while `changing`."""
    placed = {**request.session.get(PLACED_KEY, {}), key: order_id}
    request.session[PLACED_KEY] = dict(list(placed.items())[-PLACED_KEPT:])
