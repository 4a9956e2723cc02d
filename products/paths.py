"""The paths of categories, as 'Computers > Laptops'."""

import functools

from products.models import PATH_SEPARATOR

CACHED_PATHS = 10_000  # the same categories occur in every batch of products and on every page


@functools.lru_cache(CACHED_PATHS)
def levels(path: str) -> tuple[str, ...]:
    """'A > B > C' -> 'A', 'A > B', 'A > B > C'; nothing for an empty path."""
    names = path.split(PATH_SEPARATOR) if path else []
    return tuple(PATH_SEPARATOR.join(names[:depth]) for depth in range(1, len(names) + 1))


def own_name(path: str) -> str:
    return path.rpartition(PATH_SEPARATOR)[2]
