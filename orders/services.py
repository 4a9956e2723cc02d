"""Placing and cancelling orders."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from foundation.transactions import in_one_statement, in_one_transaction
from orders import idempotency
from orders.errors import InvalidOrderError, NotCancellableError, OrderRejectedError
from orders.idempotency import IdempotencyKey
from orders.models import Order, new_order_id
from orders.placing import NothingPlacedError, Placement, Request, is_out_of_range, must_prepare_again, place
from orders.receipts import PlacedOrder, RejectedOrder, receipt_of
from orders.signals import order_confirmed
from stores import locks
from stores.ledger import Change, put_back
from stores.selectors import store_exists
from stores.signals import announce_stock_change


@dataclass(frozen=True, slots=True)
class Line:
    """A line as asked for. Several may name the same product: their units are added up."""

    product_id: int
    quantity: int


def place_order(
    *,
    store_id: int,
    lines: Sequence[Line],
    customer_id: int | None = None,
    email: str = "",
    idempotency_key: IdempotencyKey | None = None,
) -> PlacedOrder:
    """Order from a store, all lines or none; committed on return.

    Raises OrderRejectedError (the order is saved, nothing is deducted), InvalidOrderError, and with a key
    KeyReusedError or RequestInProgressError (nothing is saved). A key answered before gives the same answer again.
    """
    request = Request(store_id, _units(lines), customer_id, email)
    try:
        order = _place_once(request, idempotency_key)
    except NothingPlacedError as nothing:
        raise _unknown(store_id, lines, nothing.found) from None
    if isinstance(order, RejectedOrder):
        raise OrderRejectedError(order)
    return order


def _place_once(request: Request, key: IdempotencyKey | None) -> PlacedOrder:
    try:
        return _place(request, key)
    except DatabaseError as error:
        if is_out_of_range(error):
            raise InvalidOrderError([("items", "The order's total is more than an order can hold.")]) from error
        if must_prepare_again(error):
            connection.close()
        elif not idempotency.answered_meanwhile(error):
            raise
    return _place(request, key)


def _place(request: Request, key: IdempotencyKey | None) -> PlacedOrder:
    return _place_under(key, request) if key else _place_now(request)


@in_one_transaction
def _place_under(key: IdempotencyKey, request: Request) -> PlacedOrder:
    if answered := idempotency.claim(key):
        return answered
    placement = place(new_order_id(), request)
    idempotency.remember(key, placement.order)
    _announce(request, placement)
    return placement.order


@in_one_statement
def _place_now(request: Request) -> PlacedOrder:
    placement = place(new_order_id(), request)
    _announce(request, placement)
    return placement.order


def _announce(request: Request, placement: Placement) -> None:
    """Tell the others once it is committed."""
    order = placement.order
    if order.status != Order.Status.CONFIRMED:
        return
    announce_stock_change(request.store_id, request.units.keys(), availability_changed=placement.sold_out)
    if request.email:
        transaction.on_commit(partial(order_confirmed.send_robust, sender=None, order_id=order.id), robust=True)


def _units(lines: Sequence[Line]) -> dict[int, int]:
    units: dict[int, int] = {}
    for line in lines:
        units[line.product_id] = units.get(line.product_id, 0) + line.quantity
    return units


def _unknown(store_id: int, lines: Sequence[Line], found: set[int]) -> InvalidOrderError:
    errors = [] if store_exists(store_id) else [("store_id", "There is no such store.")]
    errors += [
        (f"items[{place}].product_id", "There is no such product.")
        for place, line in enumerate(lines)
        if line.product_id not in found
    ]
    return InvalidOrderError(errors)


@in_one_transaction
def cancel_order(*, order_id: uuid.UUID) -> PlacedOrder:
    """Cancel a confirmed order and put its units back into stock, once whatever the concurrency.

    Raises NotCancellableError, and Order.DoesNotExist.
    """
    cancelled = Order.objects.filter(pk=order_id, status=Order.Status.CONFIRMED).update(
        status=Order.Status.CANCELLED, cancelled_at=Now()
    )
    order = Order.objects.prefetch_related("items").get(pk=order_id)
    if not cancelled:
        raise NotCancellableError(order_id, order.status)
    units = {item.product_id: item.quantity for item in order.items.all()}
    locks.lock_stock(order.store_id, units)
    put_back([Change(order.store_id, product_id, quantity) for product_id, quantity in units.items()])
    announce_stock_change(order.store_id, units.keys())
    return receipt_of(order)
