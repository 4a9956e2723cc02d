from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models.functions import Now

from products.attribute_values import AttributeKind, AttributeType
from products.models import PATH_SEPARATOR, Attribute, Category, Product
from products.paths import levels
from products.signals import products_changed


@transaction.atomic
def ensure_attributes(*, kinds: Mapping[str, AttributeKind], labels: Mapping[str, str]) -> dict[str, AttributeKind]:
    """Create the attributes with these codes that do not exist. Returns the kinds of all, by code.

    An attribute that exists is not changed: its kind may differ from the given one. Without a
    label, the code in words is one. Products must not have the values before the attributes exist.
    """
    known = Attribute.objects.filter(code__in=kinds).kinds()
    missing = [
        Attribute(
            code=code,
            label=labels.get(code) or code.replace("_", " ").capitalize(),
            type=kind.type,
            unit=kind.unit,
            # Nobody searches for a number without a unit, or for 'yes'.
            searchable=kind.type is AttributeType.TEXT or bool(kind.unit),
        )
        for code, kind in sorted(kinds.items())
        if code not in known
    ]
    if not missing:
        return known
    Attribute.objects.bulk_create(missing, ignore_conflicts=True)
    return Attribute.objects.filter(code__in=kinds).kinds()


@transaction.atomic
def set_active(*, product_ids: Iterable[int], active: bool) -> int:
    """Show products in the shop, or hide them. Returns how many changed."""
    others = Product.objects.filter(pk__in=product_ids).exclude(active=active).order_by("pk")
    # No key changes, so orders, whose lines refer to these rows, need not wait for this lock.
    changed = list(others.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    Product.objects.filter(pk__in=changed).update(active=active, updated_at=Now())
    announce(changed)
    return len(changed)


def ensure_categories(paths: Iterable[str]) -> dict[str, int]:
    """Ids by path of these categories and the categories above them. Missing ones are created."""
    wanted = {above for path in paths for above in levels(path)}
    known = _category_ids(wanted)
    for depth in range(max((path.count(PATH_SEPARATOR) for path in wanted), default=-1) + 1):
        missing = sorted(path for path in wanted - known.keys() if path.count(PATH_SEPARATOR) == depth)
        if missing:
            categories = []
            for path in missing:
                above, _, name = path.rpartition(PATH_SEPARATOR)
                # A trigger computes the path; until then the value only has to be unique.
                categories.append(Category(name=name, parent_id=known[above] if above else None, path=path))
            Category.objects.bulk_create(categories, ignore_conflicts=True)
            known |= _category_ids(missing)
    return known


def _category_ids(paths: Iterable[str]) -> dict[str, int]:
    return dict(Category.objects.filter(path__in=paths).values_list("path", "id"))


def announce(product_ids: list[int]) -> None:
    """Send `products_changed` after the commit, so that no receiver can fail the write."""
    if product_ids:
        transaction.on_commit(lambda: products_changed.send_robust(sender=Product, product_ids=product_ids))
