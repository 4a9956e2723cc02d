"""The category tree as a whole."""

from collections.abc import Iterable

from products.models import PATH_SEPARATOR, Category
from products.paths import levels


def ensure_categories(paths: Iterable[str]) -> dict[str, int]:
    """Ids of the categories at these paths, made where missing, with those above them."""
    wanted = {above for path in paths for above in levels(path)}
    known = _ids(wanted)
    for depth in range(max((path.count(PATH_SEPARATOR) for path in wanted), default=-1) + 1):
        missing = sorted(path for path in wanted - known.keys() if path.count(PATH_SEPARATOR) == depth)
        if missing:
            Category.objects.bulk_create([_category(path, known) for path in missing], ignore_conflicts=True)
            known |= _ids(missing)
    return known


def _ids(paths: Iterable[str]) -> dict[str, int]:
    return dict(Category.objects.filter(path__in=paths).values_list("path", "id"))


def _category(path: str, known: dict[str, int]) -> Category:
    above, _, name = path.rpartition(PATH_SEPARATOR)
    # The database computes the path; a value here only keeps the row from looking like another before it does.
    return Category(name=name, parent_id=known[above] if above else None, path=path)
