from celery import shared_task

from foundation import idempotency


@shared_task
def forget_idempotency_keys() -> int:
    """Delete the records of expired keys. Returns the number of records."""
    return idempotency.forget_expired()
