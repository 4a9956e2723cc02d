"""What a document holds of a product's attributes, and the terms that filters and facets use.

Any number of attributes share three keyword fields, because a field for each would be thousands
(docs/decisions/attribute-facets.md). A term is 'code=key'; the key of a number sorts as the number.
"""

import functools
import hashlib
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from foundation.any_of import AnyOf
from language.codes import spaced_codes
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
_NUMBER_KEY = re.compile("[0-9a-f]{16}")


class Described(NamedTuple):
    """What decides how an attribute's values are in documents."""

    type: str
    unit: str
    searchable: bool
    filterable: bool


Known: TypeAlias = Mapping[str, Described]  # by code


def described(products: Iterable[Product]) -> dict[str, Described]:
    """The attributes of these products by code, in one query."""
    codes = set[str]().union(*(product.attributes for product in products))
    rows = Attribute.objects.filter(AnyOf("code", codes)).order_by()
    fields = ("code", *Described._fields)
    return {row[0]: Described._make(row[1:]) for row in rows.values_list(*fields)} if codes else {}


class OfProduct(NamedTuple):
    """What a document holds of all attributes of a product: words, and the terms of filters and facets."""

    stems: list[str]
    codes: list[str]  # written with spaces, as one word
    terms: list[str]
    facets: list[str]
    spellings: list[str]


def of_product(attributes: Mapping[str, Any], known: Known) -> OfProduct:
    """A value without an attribute is searchable, and nothing else."""
    language = current().code
    found = OfProduct([], [], [], [], [])
    stems, codes, terms, facets, spellings = found
    for code, value in attributes.items():
        attribute = known.get(code)
        for item in value if isinstance(value, list) else (value,):
            if attribute is None:
                stems += shared_stems(str(item)) if item else ()
                codes += spaced_codes(str(item))
            elif attribute.searchable or attribute.filterable:
                is_long = isinstance(item, str) and len(item) > LONGEST_CACHED_TEXT
                of_value = (_of_value.__wrapped__ if is_long else _of_value)(code, item, attribute, language)
                stems += of_value.stems
                codes += of_value.codes
                terms += of_value.terms
                facets += of_value.facets
                spellings += of_value.spellings
    return found


class _OfValue(NamedTuple):
    stems: Sequence[str]
    codes: Sequence[str]
    terms: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()


@functools.lru_cache(CACHED_VALUES, typed=True)  # 1 is neither True nor 1.0 here
def _of_value(code: str, value: Any, attribute: Described, _language: str) -> _OfValue:
    is_text, is_switch = attribute.type == AttributeType.TEXT, attribute.type == AttributeType.BOOLEAN
    stems: Sequence[str] = ()
    if attribute.searchable and not is_switch:  # a number with its unit
        stems = shared_stems(f"{_text(value)} {attribute.unit}".rstrip())
    codes = sorted(spaced_codes(str(value))) if attribute.searchable and is_text else ()
    found = value_term(code, value, attribute.type) if attribute.filterable else None
    if found is None:
        return _OfValue(stems, codes)
    key = value_key(value)
    # A switch is for what products have.
    if len(key) > LONGEST_FACET_KEY or (is_switch and key != TRUE):
        return _OfValue(stems, codes, (found,))
    spelling = (f"{code}{SEPARATOR}{' '.join(str(value).split())}",) if is_text else ()
    return _OfValue(stems, codes, (found,), (found,), spelling)


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


def number_of_key(key: str) -> int | float | None:
    """None for the key of a text: the attribute's type has just changed, and the index has not yet."""
    if not _NUMBER_KEY.fullmatch(key):
        return None
    bits = int(key, 16)
    (number,) = struct.unpack(">d", struct.pack(">Q", bits ^ (_SIGN if bits >= _SIGN else _SIGN * 2 - 1)))
    return int(number) if number.is_integer() else float(number)


def _text(value: Any) -> str:
    return number_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
