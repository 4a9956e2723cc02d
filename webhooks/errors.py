"""`backend.api.problems` gives each of these errors its HTTP status."""

from typing import Any


class BadUrlError(Exception):
    """Events could not be sent to this URL. The message says why."""

    title = "Unusable URL"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.members: dict[str, Any] = {"errors": [{"field": "url", "code": "invalid", "message": message}]}


class UnreadableSecretError(Exception):
    """A stored secret was encrypted with a key that is not in WEBHOOK_KEYS."""


class NotActiveError(Exception):
    """Nothing is sent to a subscription that is not active."""

    title = "Subscription not active"

    def __init__(self) -> None:
        super().__init__("the subscription is not active: activate it first")
