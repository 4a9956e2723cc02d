"""Periodic tasks that belong to no app."""

from importlib import import_module
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db.models.functions import Now
from knox.models import get_token_model
from kombu.exceptions import OperationalError

from backend import accounts, personal_data, redis
from backend.errors import MailUnavailableError
from foundation.circuit_breaker import CircuitOpenError

HEARTBEAT_EXPIRY = 3600  # seconds
RETRY_SECONDS = 30  # until a mail is sent again; doubled with each attempt


def heartbeat_key(queue: str) -> str:
    return f"heartbeat:{queue}"


@shared_task
def heartbeat(queue: str) -> None:
    """Record that beat sent a task to the queue, Redis delivered it and a worker ran it."""
    cache.set(heartbeat_key(queue), 1, HEARTBEAT_EXPIRY)


@shared_task
def forget_sessions() -> None:
    """Delete expired sessions and tokens, which nothing else does unless a client sends them."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    get_token_model().objects.filter(expiry__lt=Now()).delete()


@shared_task(bind=True, max_retries=5)
def send_reset_codes(task: Any, user_ids: list[int]) -> int:
    """Send each account of one address a code for a new password. Returns the number of mails."""
    if not task.request.retries and not accounts.may_send_reset_codes(user_ids):
        return 0
    sent, failed = 0, dict[int, OSError]()
    for user_id in user_ids:
        try:
            sent += accounts.send_reset_code(user_id)
        except OSError as error:  # smtplib's are
            failed[user_id] = error
    if failed:
        first = next(iter(failed.values()))
        raise task.retry(args=[list(failed)], exc=first, countdown=RETRY_SECONDS * 2**task.request.retries)
    return sent


def queue_reset_codes(email: str) -> None:
    """Have codes sent to the accounts of this address; MailUnavailableError.

    Queued also without an account, so that the response time does not reveal whether there is one.
    """
    try:
        send_reset_codes.delay(accounts.accounts_of(email))
    except OperationalError as error:
        raise MailUnavailableError from error


@shared_task
def forget_failed_sign_ins() -> int:
    return personal_data.forget_failed_sign_ins()


def heartbeat_age(queue: str) -> float | None:
    """Seconds since the queue's last heartbeat by Redis's clock; None if unknown."""
    try:
        with redis.breaker:
            left = redis.client().pttl(cache.make_key(heartbeat_key(queue)))
    except (CircuitOpenError, *redis.UNREACHABLE):
        return None
    return HEARTBEAT_EXPIRY - left / 1000 if left > 0 else None
