"""Merging two attributes: every product's value under one code moves to the other code.

Products are changed in steps of STEP ids, each in a transaction of its own, so that no sale and no
import waits for a large catalogue. A merge that is interrupted is simply started again: what has
moved has nothing under the old code any more.
"""

import dataclasses
from collections.abc import Iterator
from itertools import islice
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from products.attribute_values import AttributeKind, AttributeType, BadValueError, Value, canonical, value_key
from products.models import Attribute, Product
from products.services import announce

STEP = 2_000  # products read in one transaction
LONGEST = 10.0  # s; of one request of the admin
EXAMPLES = 20


@dataclasses.dataclass(slots=True)
class MergeEffect:
    """The effect of a merge, or of a preview. A conflict is a product whose value cannot move: both values stay."""

    moved: int = 0  # products whose value moves
    same: int = 0  # products with the same value under both codes
    conflicts: int = 0
    examples: list[str] = dataclasses.field(default_factory=list)  # of conflicts, each a sentence
    finished: bool = True  # False: there was no time for all products

    def count(self, product: Product, source: str, reason: str) -> None:
        self.conflicts += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{product.sku}: {source} {_shown(product.attributes[source])}, {reason}")


def preview_merge(*, source: Attribute, target: Attribute) -> MergeEffect:
    """The effect of a merge, without it."""
    effect = MergeEffect()
    for _ in _merged(source, target, Product.objects.filter(attributes__has_key=source.code).iterator(), effect):
        pass
    return effect


def merge_attributes(*, source: Attribute, target: Attribute, longest: float = LONGEST) -> MergeEffect:
    """Move the values of `source` to `target`; delete `source` when no product has a value of it any more."""
    effect, end, last = MergeEffect(), monotonic() + longest, 0
    while True:
        if monotonic() > end:
            effect.finished = False
            return effect
        with transaction.atomic():
            # The ids of the step first: rows without the code are not locked.
            ids = list(Product.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STEP])
            having = Product.objects.filter(pk__in=ids, attributes__has_key=source.code).order_by("pk")
            locked = having.select_for_update(of=("self",), no_key=True)
            changed = []
            for product, attributes in _merged(source, target, locked, effect):
                Product.objects.filter(pk=product.pk).update(attributes=attributes, updated_at=Now())
                changed.append(product.pk)
            announce(changed)
        if len(ids) < STEP:
            break
        last = ids[-1]
    if not Product.objects.filter(attributes__has_key=source.code).exists():
        source.delete()
    return effect


def _merged(
    source: Attribute, target: Attribute, products: Any, effect: MergeEffect
) -> Iterator[tuple[Product, dict[str, Value]]]:
    """The products whose attributes change, with the new ones. Counts the effect."""
    kind = AttributeKind(AttributeType(target.type), target.unit)
    for product in products:
        rest = {code: value for code, value in product.attributes.items() if code != source.code}
        given = product.attributes[source.code]
        if source.unit and isinstance(given, int | float) and not isinstance(given, bool):
            given = f"{given} {source.unit}"  # a number of another unit must not become one of the target's
        try:
            value = canonical(given, target.code, kind)
        except BadValueError as error:
            effect.count(product, source.code, f"which is not a {error.expected}")
            continue
        present = rest.get(target.code)
        if value is None or (present is not None and _keys(present) == _keys(value)):
            effect.same += 1
            yield product, rest
        elif present is None:
            effect.moved += 1
            yield product, {**rest, target.code: value}
        else:
            effect.count(product, source.code, f"but {target.code} {_shown(present)}")


def _keys(value: Any) -> set[str]:
    return {value_key(item) for item in (value if isinstance(value, list) else [value])}


def _shown(value: Any) -> str:
    return ", ".join(map(str, islice(value, 5))) if isinstance(value, list) else str(value)
