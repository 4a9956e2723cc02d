"""The words of the demo catalogue, from `vocabulary.toml`."""

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Brand:
    name: str
    code: str
    level: float


@dataclass(frozen=True)
class Choice:
    """One combination of brand, line and attributes within a category."""

    brand: Brand
    line: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class Shelf:
    """A category of the demo catalogue, and the parts of its products."""

    path: str
    code: str
    share: int
    price: tuple[float, float]
    brands: list[Brand]
    lines: list[str]
    name: str
    priced_by: list[str]
    attributes: dict[str, list[str]]
    about: list[str]

    @property
    def size(self) -> int:
        return len(self.brands) * len(self.lines) * math.prod(map(len, self.attributes.values()))

    def choice(self, place: int) -> Choice:
        """The choice at a place from 0 to size - 1, another one at every place."""
        place, brand = divmod(place, len(self.brands))
        place, line = divmod(place, len(self.lines))
        attributes = {}
        for name, values in self.attributes.items():
            place, value = divmod(place, len(values))
            attributes[name] = values[value]
        return Choice(self.brands[brand], self.lines[line], attributes)

    def expense(self, attributes: dict[str, str]) -> float:
        """How expensive the values of the attributes in `priced_by` are, from 0 to 1."""
        places = [self.attributes[name].index(attributes[name]) for name in self.priced_by]
        highest = [len(self.attributes[name]) - 1 for name in self.priced_by]
        return sum(place / last for place, last in zip(places, highest, strict=True)) / len(places)


@functools.cache
def shelves() -> tuple[Shelf, ...]:
    data = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))
    brands = {name: Brand(name, **fields) for name, fields in data["brands"].items()}
    return tuple(
        Shelf(**entry | {"brands": [brands[name] for name in entry["brands"]], "price": tuple(entry["price"])})
        for entry in data["category"]
    )
