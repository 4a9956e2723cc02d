"""Work on orders that nobody waits for. Every task may run twice, and none is the record of what is to be done."""

import logging
import uuid
from typing import Any

from celery import shared_task
from kombu.exceptions import OperationalError

from orders import confirmations, popularity

logger = logging.getLogger(__name__)

SWEEP_AT_MOST = 500  # orders a sweep; the next one finds the rest


@shared_task
def send_confirmation(order_id: str) -> None:
    """Send one order's confirmation. When the mail server fails, the sweep tries again, later each time."""
    try:
        confirmations.send_confirmation(order_id=uuid.UUID(order_id))
    except OSError as error:  # smtplib's errors are OSErrors
        logger.warning("confirmation of order %s not sent: %s", order_id, error)


@shared_task
def sweep_confirmations() -> int:
    """Queue the confirmations that are due: never queued, lost with a worker, or failed. The number of them."""
    if given_up := confirmations.give_up():
        logger.error("confirmations given up: %s; the admin lists them", given_up)
    due = list(confirmations.due_confirmations().values_list("pk", flat=True)[:SWEEP_AT_MOST])
    for order_id in due:
        send_confirmation.delay(str(order_id))
    return len(due)


@shared_task
def recompute_popularity() -> int:
    """Write what sold of late to the products: how many changed."""
    return popularity.recompute_popularity()


def queue_confirmation(*, order_id: uuid.UUID, **_: Any) -> None:
    """Receiver of `order_confirmed`. What cannot be queued now, the sweep finds."""
    try:
        send_confirmation.delay(str(order_id))
    except OperationalError as error:
        logger.warning("confirmation of order %s not queued: %s", order_id, error)
