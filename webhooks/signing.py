"""Secrets and signatures as in Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from webhooks.errors import UnreadableSecretError

PREFIX = "whsec_"
SECRET_BYTES = 32
VERSION = "v1"
PURPOSE = b"webhooks: secrets of subscriptions"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def encrypt(secret: str) -> str:
    return _box(tuple(settings.WEBHOOK_KEYS)).encrypt(secret.encode()).decode()


def decrypt(stored: str) -> str:
    """UnreadableSecretError when none of WEBHOOK_KEYS fits."""
    try:
        return _box(tuple(settings.WEBHOOK_KEYS)).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise UnreadableSecretError("its secret cannot be read with WEBHOOK_KEYS: rotate it") from None


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"{VERSION},{base64.b64encode(digest).decode()}"


def headers(stored_secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt, with a signature for each of the encrypted secrets."""
    signatures = [signature(decrypt(stored), message_id, timestamp, body) for stored in stored_secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    """Encrypts with the first key, decrypts with any."""
    derived = (hmac.new(key.encode(), PURPOSE, hashlib.sha256).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
