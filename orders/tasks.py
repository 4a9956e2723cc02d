"""Every task may run twice. PostgreSQL records the work to do, so a lost task is repeated."""

import logging
import uuid
from typing import Any

from celery import shared_task
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from orders import confirmations, popularity, retention
from orders.signals import order_confirmed

logger = logging.getLogger(__name__)

SWEEP_AT_MOST = 500  # orders in a sweep; the next one finds the others


@shared_task
def send_confirmation(order_id: str) -> None:
    """Send one order's confirmation. When the mail server fails, a later sweep tries again."""
    try:
        confirmations.send_confirmation(order_id=uuid.UUID(order_id))
    except OSError as error:  # smtplib's errors are OSErrors
        logger.warning("confirmation of order %s not sent: %s", order_id, error)


@shared_task
def sweep_confirmations() -> int:
    """Queue the confirmations that are due: never queued, lost, or failed. Returns their number."""
    if given_up := confirmations.give_up():
        logger.error("confirmations given up: %s; the admin lists them", given_up)
    due = list(confirmations.due_confirmations().values_list("pk", flat=True)[:SWEEP_AT_MOST])
    for order_id in due:
        send_confirmation.delay(str(order_id))
    return len(due)


@shared_task
def forget_emails() -> int:
    return retention.forget_emails()


@shared_task
def recompute_popularity() -> int:
    """Returns how many products changed."""
    return popularity.recompute_popularity()


@receiver(order_confirmed)
def queue_confirmation(*, order_id: uuid.UUID, **_: Any) -> None:
    """While Redis is unavailable, the sweep queues it later."""
    try:
        send_confirmation.delay(str(order_id))
    except OperationalError as error:
        logger.warning("confirmation of order %s not queued: %s", order_id, error)
