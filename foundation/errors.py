class RequestInProgressError(Exception):
    """The first request with this Idempotency-Key has no answer yet."""

    title = "Request in progress"
    wait = 1  # s; becomes Retry-After

    def __init__(self) -> None:
        super().__init__("the first request with this Idempotency-Key is still running; ask again in a moment")


class KeyReusedError(Exception):
    """The caller sent this Idempotency-Key before with another body."""

    title = "Idempotency key reused"

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was sent before with another body; use a new key for a new request")
