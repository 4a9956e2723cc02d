"""`Idempotency-Key`: one order and one answer, however often and concurrently a request is sent.

The answer's record is written in the transaction of the order and unique by caller and key: there is never an order
without its record, nor two orders. Only PostgreSQL takes part.
"""

from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from orders.errors import RequestInProgressError
from orders.models import IdempotencyRecord, Order
from orders.receipts import PlacedOrder, receipt_of
from stores.errors import KeyReusedError
from stores.idempotency import KEPT_FOR, lock_number

CREATED, CONFLICT = 201, 409  # what a confirmed and a rejected order are answered with
_ANSWER_OF = {Order.Status.CONFIRMED.value: CREATED, Order.Status.REJECTED.value: CONFLICT}
_STATUS_OF = {answer: status for status, answer in _ANSWER_OF.items()}

# The lock tells a first request under way from none. It is taken after this statement's snapshot: a record committed in
# between is not seen here, and met as a violation of the unique constraint instead.
_CLAIM = """
    SELECT pg_try_advisory_xact_lock(%(lock)s), record.fingerprint, record.status_code, record.order_id
    FROM (SELECT) AS always
    LEFT JOIN orders_idempotencyrecord AS record ON record.caller = %(caller)s AND record.key = %(key)s
"""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A key as sent by a caller ('user:7', a guest's address) with a body."""

    caller: str
    key: str
    fingerprint: str


def claim(key: IdempotencyKey) -> PlacedOrder | None:
    """The answer given to the key before, or None to the first, which then owns the key until its transaction ends.

    Raises KeyReusedError, or RequestInProgressError while another owns it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"lock": lock_number(key.caller, key.key), "caller": key.caller, "key": key.key})
        owned, fingerprint, answer, order_id = cursor.fetchone()
    if fingerprint is None:
        if not owned:
            raise RequestInProgressError
        return None
    if fingerprint != key.fingerprint:
        raise KeyReusedError
    order = Order.objects.prefetch_related("items").get(pk=order_id)
    return receipt_of(order, status=_STATUS_OF[answer])


def remember(key: IdempotencyKey, order: PlacedOrder) -> None:
    """Record the answer, in the transaction that made it."""
    IdempotencyRecord.objects.create(
        caller=key.caller,
        key=key.key,
        fingerprint=key.fingerprint,
        status_code=_ANSWER_OF[order.status],
        order_id=order.id,
    )


def answered_meanwhile(error: DatabaseError) -> bool:
    """Whether another transaction recorded an answer to the same key first."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == "orders_idempotency_once"


def forget_expired() -> int:
    """Delete records older than `KEPT_FOR`; their keys may be used anew. The number of them."""
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()
    return deleted
