"""How long work reports its progress. Commands show a bar; tasks and tests ignore it."""

from typing import Any, Protocol


class Progress(Protocol):
    """Called from one thread at a time."""

    def phase(self, name: str, total: int) -> None:
        """Start a phase of `total` steps."""

    def advance(self, steps: int) -> None:
        """Report finished steps of the phase."""

    def say(self, text: str) -> None:
        """Report something the operator should know."""


class Silence:
    """Reports nothing."""

    def phase(self, *_: Any, **__: Any) -> None:
        pass

    advance = say = phase
