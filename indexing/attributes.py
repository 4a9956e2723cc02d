"""What a document holds of a product's attributes, and the terms that filters and facets use.

Any number of attributes share three keyword fields, because a field for each would be thousands
(docs/decisions/attribute-facets.md). A term is 'code=key'; the key of a number sorts as the number.
"""

import functools
import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from language.languages import current
from language.terms import LONGEST_CACHED_TEXT, shared_stems
from products.attribute_values import AttributeType, number_text, value_key
from products.models import Attribute, Product

SEPARATOR = "="  # no code has it
# A longer text is not a choice that a facet could offer. Filters still find it, by its digest.
LONGEST_FACET_KEY = 100
CACHED_VALUES = 32_768  # most products share most of their values
TRUE, FALSE = value_key(value=True), value_key(value=False)
_SIGN = 1 << 63


class Described(NamedTuple):
    """What decides how an attribute's values are in documents."""

    type: str
    unit: str
    searchable: bool
    filterable: bool


Known: TypeAlias = Mapping[str, Described]  # by code


def described(products: Iterable[Product]) -> dict[str, Described]:
    """The attributes of these products by code, in one query."""
    codes = {code for product in products for code in product.attributes}
    rows = Attribute.objects.filter(code__in=codes).order_by()
    fields = ("code", *Described._fields)
    return {code: Described(*row) for code, *row in rows.values_list(*fields)} if codes else {}


def searchable_stems(attributes: Mapping[str, Any], known: Known) -> list[str]:
    """The stems of the values, each number with its unit. A value without an attribute is searchable."""
    language = current().code
    stems: list[str] = []
    for code, value in attributes.items():
        attribute = known.get(code)
        if not attribute:
            stems += [stem for item in _items(value) if item for stem in shared_stems(str(item))]
        elif attribute.searchable and attribute.type != AttributeType.BOOLEAN:
            for item in _items(value):
                is_short = not isinstance(item, str) or len(item) <= LONGEST_CACHED_TEXT
                stems += (
                    _stems(item, attribute.unit, language) if is_short else shared_stems(f"{item} {attribute.unit}")
                )
    return stems


@functools.lru_cache(CACHED_VALUES, typed=True)  # 1 is not 1.0 here
def _stems(value: Any, unit: str, _language: str) -> Sequence[str]:
    return shared_stems(f"{_text(value)} {unit}".rstrip())


def facet_fields(attributes: Mapping[str, Any], known: Mapping[str, Described]) -> dict[str, list[str]]:
    """The fields of a document that filters and facets use."""
    terms: list[str] = []
    facets: list[str] = []
    spellings: list[str] = []
    for code, value in attributes.items():
        attribute = known.get(code)
        if not attribute or not attribute.filterable:
            continue
        for item in _items(value):
            of_value = _of_value(code, item, attribute.type)
            terms += of_value.terms
            facets += of_value.facets
            spellings += of_value.spellings
    return {"attribute_terms": terms, "attribute_facets": facets, "attribute_spellings": spellings}


class _OfValue(NamedTuple):
    terms: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()


@functools.lru_cache(CACHED_VALUES, typed=True)  # 1 is not True here
def _of_value(code: str, value: Any, kind: str) -> _OfValue:
    key, found = value_key(value), value_term(code, value, kind)
    if found is None:
        return _OfValue()
    # A switch is for what products have.
    if len(key) > LONGEST_FACET_KEY or (kind == AttributeType.BOOLEAN and key != TRUE):
        return _OfValue((found,))
    is_text = kind == AttributeType.TEXT
    return _OfValue((found,), (found,), (f"{code}{SEPARATOR}{' '.join(str(value).split())}",) if is_text else ())


def value_term(code: str, value: Any, kind: str) -> str | None:
    """The term of a value; None when it is not of the type, as raw SQL may store it."""
    if kind == AttributeType.NUMBER:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return f"{code}{SEPARATOR}{number_key(value)}" if is_number else None
    return text_term(code, value_key(value))


def text_term(code: str, key: str) -> str:
    if len(key) > LONGEST_FACET_KEY:
        key = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
    return f"{code}{SEPARATOR}{key}"


def number_key(number: float) -> str:
    """Sixteen characters that sort as the numbers do."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", float(number) + 0.0))  # + 0.0: no negative zero
    return f"{bits ^ (_SIGN if bits < _SIGN else _SIGN * 2 - 1):016x}"


def number_of_key(key: str) -> int | float:
    bits = int(key, 16)
    (number,) = struct.unpack(">d", struct.pack(">Q", bits ^ (_SIGN if bits >= _SIGN else _SIGN * 2 - 1)))
    return int(number) if number.is_integer() else float(number)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return number_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
