"""The paths of categories as text: 'Computers > Laptops'."""

import functools

from products.models import PATH_SEPARATOR

KEPT = 10_000  # the same categories come again with every product and every page


@functools.lru_cache(KEPT)
def levels(path: str) -> tuple[str, ...]:
    """'A > B > C' -> 'A', 'A > B', 'A > B > C'; none of an empty path."""
    names = path.split(PATH_SEPARATOR) if path else []
    return tuple(PATH_SEPARATOR.join(names[:depth]) for depth in range(1, len(names) + 1))


def own_name(path: str) -> str:
    """The category's name without those of its parents."""
    return path.rpartition(PATH_SEPARATOR)[2]
