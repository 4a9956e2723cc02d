"""Which of a file's first rows is the header: people write titles above it."""

import re
from collections.abc import Sequence

from products.catalogue_files.known_headers import names_sku

MAX_TITLES = 10  # rows above the header
_IDENTIFIER = re.compile(r"[a-z]\w*", re.ASCII)


def place_of_header(rows: Sequence[Sequence[str]]) -> int:
    """The place, among the first rows of a file, of the one that is no title.

    Titles have at most half as many values as the row that names the SKU, or as the rows of the table.
    """
    counts = [sum(map(bool, row)) for row in rows]
    for place, row in enumerate(rows):
        if any(map(names_sku, row)) and 2 * max(counts[:place], default=0) <= counts[place]:
            return place + any(_is_technical(below) for below in rows[place + 1 : place + 2])
    # Not the widest one, which may have a delimiter too many in a text without quotes.
    width = sorted(counts)[-2:][0] if counts else 0
    return next((place for place, count in enumerate(counts) if 2 * count > width), 0)


def _is_technical(row: Sequence[str]) -> bool:
    """Whether it names the columns for programs, below their labels: item_sku below Seller SKU, in files for Amazon."""
    names = list(filter(None, row))
    return any("_" in name for name in names) and all(map(_IDENTIFIER.fullmatch, names)) and any(map(names_sku, names))
