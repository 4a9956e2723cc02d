"""Signatures as in Standard Webhooks."""

import pytest
from pytest_django import Settings

from webhooks import signing
from webhooks.errors import UnreadableSecretError

pytestmark = pytest.mark.unit


def test_the_example_of_the_standard() -> None:
    """The example of https://github.com/standard-webhooks, computed by its reference libraries."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signature = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_headers_have_a_signature_for_each_secret() -> None:
    new, old = signing.new_secret(), signing.new_secret()
    sent = signing.headers([signing.encrypt(new), signing.encrypt(old)], "evt_1", 1700000000, b"{}")
    expected = [signing.signature(secret, "evt_1", 1700000000, b"{}") for secret in (new, old)]
    assert sent == {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": " ".join(expected),
    }


def test_secrets_are_new_each_time_and_not_readable_where_they_are_stored() -> None:
    first, second = signing.new_secret(), signing.new_secret()
    assert first != second
    assert first.startswith("whsec_")
    stored = signing.encrypt(first)
    assert first.removeprefix("whsec_") not in stored
    assert signing.decrypt(stored) == first


def test_secret_can_be_read_with_an_older_key_but_not_without_it(settings: Settings) -> None:
    settings.WEBHOOK_KEYS = ["old"]
    secret = signing.new_secret()
    stored = signing.encrypt(secret)
    settings.WEBHOOK_KEYS = ["new", "old"]
    assert signing.decrypt(stored) == secret
    settings.WEBHOOK_KEYS = ["new"]
    with pytest.raises(UnreadableSecretError):
        signing.decrypt(stored)
