"""What search reads from PostgreSQL."""

from collections.abc import Collection
from typing import NamedTuple

from foundation.expiring_cache import ExpiringItems
from foundation.replica import may_be_late
from language.prefix_match import has_word_prefixes
from products.attribute_values import AttributeType
from products.models import Attribute
from search_api.contracts import Hit
from stores.models import Store
from stores.selectors import quantities_now

STORE_NAME_AGE = 60.0  # s
MAX_STORE_NAMES = 10_000

ATTRIBUTE_AGE = 10.0  # s; an edited label is shown after this
MAX_ATTRIBUTES = 20_000


class AttributeDefinition(NamedTuple):
    label: str
    type: AttributeType
    unit: str
    filterable: bool


def _load_attributes(codes: Collection[str]) -> dict[str, AttributeDefinition]:
    rows = Attribute.objects.filter(code__in=codes).values_list("code", "label", "type", "unit", "filterable")
    return {
        code: AttributeDefinition(label, AttributeType(kind), unit, filterable)
        for code, label, kind, unit, filterable in rows.order_by()
    }


# Existing attributes by code, at most ATTRIBUTE_AGE old.
attributes: ExpiringItems[str, AttributeDefinition] = ExpiringItems(
    _load_attributes, max_age=ATTRIBUTE_AGE, max_items=MAX_ATTRIBUTES
)

# Every page of results names dozens of stores. Clients also send ids of stores that do not exist.
_store_names: ExpiringItems[int, str] = ExpiringItems(
    lambda store_ids: dict(Store.objects.filter(pk__in=store_ids).values_list("pk", "name")),
    max_age=STORE_NAME_AGE,
    max_items=MAX_STORE_NAMES,
)


def store_names(store_ids: Collection[int]) -> dict[int, str]:
    """Names, at most a minute old, of those stores that exist."""
    return _store_names.get(store_ids)


def store_exists(store_id: int) -> bool:
    return bool(store_names([store_id]))


def stores_named(text: str) -> list[int]:
    """Ids of the stores whose names have words with these prefixes, ordered by name."""
    named = Store.objects.order_by("sort_key", "pk").values_list("pk", "name")
    return [store_id for store_id, name in named if has_word_prefixes(name, text)]


@may_be_late
def add_quantities(hits: list[Hit], store_id: int) -> None:
    """Give every hit its exact quantity at the store, and the availability that follows from it."""
    quantities = quantities_now(store_id, [hit["id"] for hit in hits]) if hits else {}
    for hit in hits:
        hit["quantity"] = quantities[hit["id"]]
        hit["in_stock"] = hit["quantity"] > 0
