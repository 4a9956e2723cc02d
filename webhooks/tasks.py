"""Every task may run twice, and none is the record of anything: deliveries are rows."""

import logging

from celery import shared_task

from webhooks import claims, delivery, retention

logger = logging.getLogger(__name__)


@shared_task
def deliver(linger: float = 0.0) -> dict[str, int]:
    """Deliver what is due, and look for more for `linger` seconds."""
    if not claims.is_anything_subscribed():
        return {}
    totals = delivery.deliver_due(linger)
    return {"delivered": totals.delivered, "failed": totals.failed}


@shared_task
def park_old() -> int:
    parked = claims.park_old()
    if parked:
        logger.error("webhook deliveries parked: %s; the admin lists them", parked)
    return parked


@shared_task
def forget_events() -> int:
    return retention.forget_events()
