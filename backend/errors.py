"""`backend.api.problems` gives each of these errors its HTTP status."""


class MailUnavailableError(Exception):
    """The task that sends a mail could not be queued: Redis is unavailable."""

    title = "Mail unavailable"
    wait = 5.0  # s

    def __init__(self) -> None:
        super().__init__("No mail can be sent now. Try again in a moment.")
