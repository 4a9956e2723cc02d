"""How a facet shows a value: in the spelling that most products have, whatever the hits have."""

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from foundation.expiring_cache import ExpiringItems
from indexing.attributes import SEPARATOR
from products.attribute_values import value_key
from search_api.engine import client

MAX_AGE = 300.0  # s, but those of brands and categories are renewed every few seconds
MAX_SPELLINGS = 100_000
MAX_ESCAPED = 20_000  # codes of attributes
SPELLINGS_PER_VALUE = 10  # counted of each value; those with fewest products are not the commonest


class Spelt(NamedTuple):
    """A field with keys and one with spellings. `prefix` is before both, as in 'colour=red'."""

    keys: str
    spellings: str
    prefix: str = ""


BRANDS = Spelt("brand_key", "brand_name")
CATEGORIES = Spelt("category_keys", "category_paths")


def of_attribute(code: str) -> Spelt:
    return Spelt("attribute_terms", "attribute_spellings", f"{code}{SEPARATOR}")


@functools.lru_cache(MAX_ESCAPED)
def escaped(text: str) -> str:
    """The text in a regular expression of the engine."""
    return "".join(c if c.isalnum() or c in "_=" else f"\\{c}" for c in text)


def spell(keys_by_field: Mapping[Spelt, Iterable[str]]) -> dict[Spelt, dict[str, str]]:
    """The commonest spelling of each key; EngineUnavailableError. One request for all that are not cached."""
    wanted = [(field, key) for field, keys in keys_by_field.items() for key in keys]
    found: defaultdict[Spelt, dict[str, str]] = defaultdict(dict)
    for (field, key), spelling in cached.get(wanted).items():
        found[field][key] = spelling
    return found


def put(field: Spelt, commonest: Iterable[str]) -> None:
    """The commonest spelling of each value, known without a request."""
    cached.put({(field, value_key(spelling)): spelling for spelling in commonest})


def _load(wanted: Collection[tuple[Spelt, str]]) -> dict[tuple[Spelt, str], str]:
    keys_of: defaultdict[Spelt, list[str]] = defaultdict(list)
    for field, key in wanted:
        keys_of[field].append(key)
    fields = list(keys_of)
    body = {"size": 0, "aggs": {str(place): _counted(field, keys_of[field]) for place, field in enumerate(fields)}}
    answer = client.search(body)["aggregations"]
    # A key that no product has any more is its own spelling.
    found = {(field, key): key for field, key in wanted}
    for place, field in enumerate(fields):
        # The commonest one comes last and stays.
        for bucket in reversed(answer[str(place)]["spellings"]["buckets"]):
            spelling = bucket["key"][len(field.prefix) :]
            if (field, value_key(spelling)) in found:
                found[field, value_key(spelling)] = spelling
    return found


def _counted(field: Spelt, keys: list[str]) -> dict[str, Any]:
    terms: dict[str, Any] = {"field": field.spellings, "size": SPELLINGS_PER_VALUE * (len(keys) + SPELLINGS_PER_VALUE)}
    if field.prefix:
        terms["include"] = f"{escaped(field.prefix)}.*"
    having = {"terms": {field.keys: [field.prefix + key for key in keys]}}
    return {"filter": having, "aggs": {"spellings": {"terms": terms}}}


cached: ExpiringItems[tuple[Spelt, str], str] = ExpiringItems(_load, max_age=MAX_AGE, max_items=MAX_SPELLINGS)
