"""Reads of PostgreSQL for search: attributes, names of stores, values and quantities of hits."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import InterfaceError, OperationalError

from foundation.expiring_cache import ExpiringItems, ExpiringValue
from foundation.replica import may_be_late
from language.prefix_match import has_word_prefixes
from products.attribute_values import AttributeType
from products.models import Attribute, Product
from search_api.contracts import EVERYTHING, Hit
from stores.models import Store
from stores.selectors import uncached_quantities

STORE_NAME_AGE = 60.0  # s
MAX_STORE_NAMES = 10_000

ATTRIBUTE_AGE = 10.0  # s; an edited label is shown after this
MAX_ATTRIBUTES = 20_000


class AttributeDefinition(NamedTuple):
    label: str
    type: AttributeType
    unit: str
    filterable: bool
    shown: bool

    @property
    def is_public(self) -> bool:
        return self.shown or self.filterable


def _load_attributes(codes: Collection[str]) -> dict[str, AttributeDefinition]:
    rows = Attribute.objects.filter(code__in=codes).values_list("code", "label", "type", "unit", "filterable", "shown")
    return {
        code: AttributeDefinition(label, AttributeType(kind), unit, filterable, shown)
        for code, label, kind, unit, filterable, shown in rows.order_by()
    }


# Existing attributes by code, at most ATTRIBUTE_AGE old.
attributes: ExpiringItems[str, AttributeDefinition] = ExpiringItems(
    _load_attributes, max_age=ATTRIBUTE_AGE, max_items=MAX_ATTRIBUTES
)

# A shop without attributes has no facets of them to choose.
has_attributes = ExpiringValue(
    "whether there are attributes",
    lambda: Attribute.objects.filter(filterable=True).exists(),
    max_age=ATTRIBUTE_AGE,
    outages=(InterfaceError, OperationalError),
)

# Names of stores that exist, at most STORE_NAME_AGE old. Every page of results names dozens of them; clients also
# send ids of stores that do not exist.
_store_names: ExpiringItems[int, str] = ExpiringItems(
    lambda store_ids: dict(Store.objects.filter(pk__in=store_ids).values_list("pk", "name")),
    max_age=STORE_NAME_AGE,
    max_items=MAX_STORE_NAMES,
)
store_names = _store_names.get


def store_exists(store_id: int) -> bool:
    return bool(store_names([store_id]))


def stores_named(text: str) -> list[int]:
    """Ids of the stores whose names have words with these prefixes, ordered by name."""
    named = Store.objects.order_by("sort_key", "pk").values_list("pk", "name")
    return [store_id for store_id, name in named if has_word_prefixes(name, text)]


def public_attributes(codes: Collection[str]) -> set[str]:
    """The codes among these of attributes whose values everybody may read."""
    return {code for code, known in attributes.get(codes).items() if known.is_public}


def add_attributes(hits: list[Hit], codes: Collection[str]) -> None:
    """Give every hit its values of the attributes with these codes, or of EVERYTHING that anybody may read."""
    values_of = dict(Product.objects.filter(pk__in=[hit["id"] for hit in hits]).values_list("pk", "attributes"))
    having = {code for values in values_of.values() for code in values}
    wanted = having if EVERYTHING in codes else having.intersection(codes)
    public = public_attributes(wanted)
    for hit in hits:
        values = values_of.get(hit["id"], {})
        hit["attributes"] = {code: value for code, value in values.items() if code in public}


@may_be_late
def add_quantities(hits: list[Hit], store_id: int) -> None:
    """Give every hit its quantity at the store from PostgreSQL, and the availability that follows from it."""
    quantities = uncached_quantities(store_id, [hit["id"] for hit in hits]) if hits else {}
    for hit in hits:
        hit["quantity"] = quantities[hit["id"]]
        hit["in_stock"] = hit["quantity"] > 0
