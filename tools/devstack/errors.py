"""The failure that devstack reports to the developer."""


class DevstackError(Exception):
    """The reason, the next step and, if there is one, the end of a log."""

    def __init__(self, reason: str, next_step: str, log_tail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_step = next_step
        self.log_tail = log_tail

    def __str__(self) -> str:
        parts = [self.reason]
        if self.log_tail:
            parts.append("Last lines of its log:\n" + self.log_tail)
        parts.append(f"Next step: {self.next_step}")
        return "\n".join(parts)
