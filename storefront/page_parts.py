"""Parts of the results page: facets with their options, and links."""

import dataclasses
import zlib
from collections.abc import Sequence

SHOWN_OPTIONS = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet. Its URL selects it, or deselects it when it is selected."""

    facet: str
    label: str
    count: int | None
    selected: bool
    url: str
    depth: int = 0

    @property
    def id(self) -> str:
        """The same on every page, so that the focus stays on the option that was clicked."""
        return f"{self.facet}-{zlib.crc32(f'{self.facet}{self.depth}{self.label}'.encode()):x}"


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """A form for other bounds: the names and values of its two fields."""

    names: tuple[str, str]
    values: tuple[str, str]
    unit: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Facet:
    title: str
    shown: Sequence[Option]  # the first ones, and all that are selected
    more: Sequence[Option] = ()  # behind a button
    bounds: Bounds | None = None
    is_folded: bool = False  # behind its title

    @property
    def id(self) -> str:
        """The same on every page, so that it stays open or folded."""
        return f"facet-{zlib.crc32(self.title.encode()):x}"


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


def facet_of(title: str, options: Sequence[Option], bounds: Bounds | None = None, *, is_folded: bool = False) -> Facet:
    shown = [option for index, option in enumerate(options) if index < SHOWN_OPTIONS or option.selected]
    more = [option for option in options if option not in shown]
    folded = is_folded and not any(option.selected for option in options)
    return Facet(title, shown, more, bounds, folded)
