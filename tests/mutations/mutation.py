"""A mutation removes one safeguard, and names the tests that must fail without it."""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import mutations


class StaleMutationError(Exception):
    """The text to replace is not in its file exactly once: the code has changed."""


@dataclass(frozen=True)
class Edit:
    path: str
    old: str
    new: str

    def apply(self, checkout: Path) -> None:
        file = checkout / self.path
        text = file.read_text() if file.exists() else ""
        if (found := text.count(self.old)) != 1:
            raise StaleMutationError(f"{self.path} has this text {found} times, not once: {self.old!r}")
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


def all_mutations() -> dict[str, list[Mutation]]:
    """The list `MUTATIONS` of every module of this folder, by the name of the module."""
    modules = [found.name for found in pkgutil.iter_modules(mutations.__path__) if found.name != "__main__"]
    loaded = {name: importlib.import_module(f"{mutations.__name__}.{name}") for name in modules}
    return {name: module.MUTATIONS for name, module in loaded.items() if hasattr(module, "MUTATIONS")}
