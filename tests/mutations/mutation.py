"""A safeguard taken out, and the tests that must notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class StaleMutationError(Exception):
    """The text to be replaced is not in the file exactly once: the code has changed, so must the mutation."""


@dataclass(frozen=True)
class Edit:
    path: str
    old: str
    new: str

    def apply(self, checkout: Path) -> None:
        file = checkout / self.path
        text = file.read_text()
        if (found := text.count(self.old)) != 1:
            raise StaleMutationError(f"{self.path} has this {found} times, not once: {self.old!r}")
        file.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True, init=False)
class Mutation:
    name: str
    edits: tuple[Edit, ...]
    tests: Sequence[str]

    def __init__(self, name: str, *edits: Edit, tests: Sequence[str]) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "edits", edits)
        object.__setattr__(self, "tests", tests)
