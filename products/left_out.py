"""Values that are not saved, of rows that are: no product is lost for a value that it can do without."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from products.catalogue_files.rows import BadRow

LONGEST_REASON = 300  # characters; a list of JSON may be longer


@dataclass
class LeftOut:
    """The first of these values in each column, and how many there are."""

    _first: dict[str, BadRow] = field(default_factory=dict)
    _values: Counter[str] = field(default_factory=Counter)

    def add(self, values: Iterable[BadRow]) -> None:
        for value in values:
            self._first.setdefault(value.column, value)
            self._values[value.column] += 1

    def __len__(self) -> int:
        return self._values.total()

    def warnings(self) -> Iterator[BadRow]:
        """One for each column."""
        for column, first in self._first.items():
            reason = first.reason if len(first.reason) <= LONGEST_REASON else f"{first.reason[:LONGEST_REASON]}..."
            values = self._values[column]
            in_column = f" ({values:,} in this column)" if values > 1 else ""
            yield replace(first, reason=f"{reason}; the value is left out{in_column}")
