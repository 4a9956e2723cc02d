"""What long work tells about itself. The command shows a bar; tasks and tests listen to nothing."""

from typing import Protocol


class Progress(Protocol):
    """Hears of phases and of steps within them, from one thread at a time."""

    def phase(self, name: str, total: int | None) -> None:
        """A new phase of `total` steps; None: unknown."""

    def advance(self, steps: int) -> None:
        """Steps of the phase are done."""

    def say(self, text: str) -> None:
        """Something that a person should know."""


class Silence:
    """Progress that nobody hears of."""

    def phase(self, name: str, total: int | None) -> None:
        pass

    def advance(self, steps: int) -> None:
        pass

    def say(self, text: str) -> None:
        pass
