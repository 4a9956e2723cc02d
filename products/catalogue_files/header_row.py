"""Which of a file's first rows is the header: people write titles above it."""

from collections.abc import Sequence

from products.catalogue_files.known_headers import names_sku

MAX_TITLES = 10  # rows above the header


def place_of_header(rows: Sequence[Sequence[str]]) -> int:
    """The place, among the first rows of a file, of the one that is no title.

    Titles have at most half as many values as the row that names the SKU, or as the rows of the table.
    """
    counts = [sum(map(bool, row)) for row in rows]
    for place, row in enumerate(rows):
        if any(map(names_sku, row)) and 2 * max(counts[:place], default=0) <= counts[place]:
            return place
    # Not the widest one, which may have a delimiter too many in a text without quotes.
    width = sorted(counts)[-2:][0] if counts else 0
    return next((place for place, count in enumerate(counts) if 2 * count > width), 0)
