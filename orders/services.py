"""Placing and cancelling orders."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from foundation import idempotency
from foundation.idempotency import IdempotencyKey
from foundation.transactions import in_one_statement, in_one_transaction
from orders import guests
from orders.errors import InvalidOrderError, NotCancellableError, OrderRejectedError
from orders.models import Order, new_order_id
from orders.placing import NothingPlacedError, Request, is_out_of_range, must_prepare_again, place
from orders.receipts import GuestOrder, PlacedOrder, RejectedOrder, receipt_of, with_token
from orders.signals import order_confirmed
from stores import locks
from stores.ledger import StockChange, put_back
from stores.selectors import store_exists
from stores.signals import announce_stock_change

SCOPE = "orders"  # of the idempotency keys


@dataclass(frozen=True, slots=True)
class Line:
    """A requested line. Several may name the same product: their units are added up."""

    product_id: int
    quantity: int


def place_order(  # noqa: PLR0913 - what an order consists of
    *,
    store_id: int,
    lines: Sequence[Line],
    customer_id: int | None = None,
    email: str = "",
    access_digest: str = "",
    expected_total: Decimal | None = None,
    idempotency_key: IdempotencyKey | None = None,
) -> PlacedOrder:
    """Order from a store, all lines or none; committed on return. For guests: `place_guest_order`.

    A repeated key gives the recorded answer again. Raises OrderRejectedError (the order is saved,
    nothing is deducted), InvalidOrderError, PriceChangedError when the total is more than
    `expected_total`, and with a key KeyReusedError or RequestInProgressError (nothing is saved).
    """
    units: dict[int, int] = {}
    for line in lines:
        units[line.product_id] = units.get(line.product_id, 0) + line.quantity
    request = Request(store_id, units, customer_id, email, access_digest, expected_total)
    if idempotency_key:
        save = partial(_save_with_key, request, idempotency_key)
    else:
        save = partial(_save_in_transaction if request.has_limited_recipient else _save_alone, request)
    try:
        order = _save_with_one_retry(save)
    except NothingPlacedError as nothing:
        errors = [] if store_exists(store_id) else [("store_id", "does_not_exist", "There is no such store.")]
        errors += [
            (f"items[{place}].product_id", "does_not_exist", "There is no such product.")
            for place, line in enumerate(lines)
            if line.product_id not in nothing.found
        ]
        raise InvalidOrderError(errors) from None
    if isinstance(order, RejectedOrder):
        raise OrderRejectedError(order)
    return order


def place_guest_order(
    *,
    store_id: int,
    lines: Sequence[Line],
    email: str = "",
    expected_total: Decimal | None = None,
    idempotency_key: IdempotencyKey | None = None,
) -> GuestOrder:
    """`place_order` within the limits of guests, with the token that opens the order.

    A repeated key gives the same token. Also raises TooManyConfirmationsError.
    """
    guests.check_size([line.quantity for line in lines], products=len({line.product_id for line in lines}))
    token = guests.access_token(idempotency_key)
    try:
        placed = place_order(
            store_id=store_id,
            lines=lines,
            email=email,
            access_digest=guests.digest_of(token),
            expected_total=expected_total,
            idempotency_key=idempotency_key,
        )
    except OrderRejectedError as rejected:
        rejected.members["access_token"] = token
        raise
    return with_token(placed, token)


def _save_with_one_retry(save: partial[PlacedOrder]) -> PlacedOrder:
    """Save again when the statement must be prepared again, or another request with this key has just committed.

    Raises InvalidOrderError for too large a total.
    """
    try:
        return save()
    except DatabaseError as error:
        if is_out_of_range(error):
            raise InvalidOrderError(
                [("items", "too_large", "The order's total is more than an order can hold.")]
            ) from error
        if must_prepare_again(error):
            connection.close()  # the next one prepares the statement
        elif not idempotency.answered_meanwhile(error):
            raise
    return save()


def _save(request: Request) -> PlacedOrder:
    if request.has_limited_recipient:
        guests.check_recipient(request.email)
    placement = place(new_order_id(), request)
    order = placement.order
    if order.status == Order.Status.CONFIRMED:
        announce_stock_change(request.store_id, request.units.keys(), availability_changed=placement.sold_out)
        if request.email:  # outside a transaction, `on_commit` runs it at once
            transaction.on_commit(partial(order_confirmed.send_robust, sender=None, order_id=order.id))
    return order


_save_alone = in_one_statement(_save)
_save_in_transaction = in_one_transaction(_save)


@in_one_transaction
def _save_with_key(request: Request, key: IdempotencyKey) -> PlacedOrder:
    if answer := idempotency.claim(SCOPE, key):
        order = Order.objects.prefetch_related("items").get(pk=answer["order_id"])
        return receipt_of(order, status=answer["status"])  # it may have been cancelled since
    placed = _save(request)
    idempotency.remember(SCOPE, key, {"order_id": str(placed.id), "status": placed.status})
    return placed


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
    put_back([StockChange(order.store_id, product_id, quantity) for product_id, quantity in units.items()])
    announce_stock_change(order.store_id, units.keys())
    return receipt_of(order)
