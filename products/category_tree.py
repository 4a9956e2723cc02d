from collections.abc import Iterable

from products.models import PATH_SEPARATOR, Category
from products.paths import levels


def ensure_categories(paths: Iterable[str]) -> dict[str, int]:
    """Ids by path of these categories and the categories above them. Missing ones are created."""
    wanted = {above for path in paths for above in levels(path)}
    known = _ids(wanted)
    for depth in range(max((path.count(PATH_SEPARATOR) for path in wanted), default=-1) + 1):
        missing = sorted(path for path in wanted - known.keys() if path.count(PATH_SEPARATOR) == depth)
        if missing:
            categories = []
            for path in missing:
                above, _, name = path.rpartition(PATH_SEPARATOR)
                # A trigger computes the path; until then the value only has to be unique.
                categories.append(Category(name=name, parent_id=known[above] if above else None, path=path))
            Category.objects.bulk_create(categories, ignore_conflicts=True)
            known |= _ids(missing)
    return known


def _ids(paths: Iterable[str]) -> dict[str, int]:
    return dict(Category.objects.filter(path__in=paths).values_list("path", "id"))
