"""Proposes what the columns of files from other shop systems are, by their headers."""

import functools
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from babel.numbers import is_currency
from django.conf import settings

from language.languages import LANGUAGES
from language.normalisation import fold
from language.units import DEFAULT_UNITS
from products.catalogue_files import price_headers
from products.catalogue_files.columns import ATTRIBUTE, IGNORED, ROLES, SEPARATED_BY, Column, folded
from products.catalogue_files.price_headers import PRICES

KNOWN_HEADERS = Path(__file__).with_name("known_headers.toml")
SEVERAL = frozenset({IGNORED, "images", "gtins", "active"})  # of these a file may have several columns
_NAME_WORDS = frozenset({"name", "names", "label", "key"})
_VALUE_WORDS = frozenset({"value", "values"})
_NUMBERS = frozenset({"one", "two", "three", "four", "five"})  # 'variant_option_one_value'
_OF_MARKETPLACE = re.compile(r"(?:c|product):(?=\S)", re.IGNORECASE)  # eBay: 'C:Brand', 'Product:UPC'
# 'name-en_US', 'description-de_DE-shop', 'price-EUR', 'Name (fr)': a language, or a currency.
_OF_LOCALE = re.compile(
    r"(?P<base>.+?)[\s_.:(\[-]+(?:(?P<language>[a-z]{2})(?:[_-][A-Za-z]{2})?|(?P<currency>[A-Z]{3}))[)\]]?(?:-\w+)?"
)
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HINTS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[*#:?]|\.(?=\s|$)")
_COUNT = re.compile(r"(?<![^\W\d])\d+\b|(?<=[^\W\d_])\d$")  # 'Image URL - 3', 'IMAGE3'
_OWNER = re.compile(r"\A(?:product|item|article|produkt|artikel|produit|producto|prodotto)_(?=.)")
_WITH_UNIT = re.compile(r"(?P<label>.+?)\s*(?:\((?P<unit>[^()]+)\)|\sin\s+(?P<in>\S+))\s*")
# Price lists call the name a description, and may have no price but the list price.
_INSTEAD = {"name": "description", "price": "list_price"}
_UNIT = re.compile(DEFAULT_UNITS.pattern)
_WITH_KEY = re.compile(r"(?P<label>.+?)\s*\([\w-]+(?:\.[\w-]+)+\)")  # 'Material (product.metafields.custom.material)'


def proposed_mapping(headers: Sequence[str], columns: Collection[Column]) -> dict[str, str]:
    """Headers of other systems -> targets of a mapping file, in their order. A field that a column is already stays."""
    found = _named_attributes(headers)
    taken = {column.field for column in columns} - {""}
    taken |= {"category"} if "categories" in taken else set()
    bases = {header: _without_locale(header) for header in headers}
    foreign = {header: base for header, (base, is_ours) in bases.items() if base and not is_ours}
    # One without a locale is better than one in ours.
    free = sorted((header for header in headers if header not in foreign), key=lambda header: bool(bases[header][0]))
    # Never a price in another currency; one without taxes, or of a kilogram, only where there is no other.
    doubtful = {header for header in free if price_headers.read(header).is_partial}
    of_other_currency = {header for header in free if price_headers.other_currency(header)}

    def propose(of_header: Callable[[str], str], targets: Iterable[tuple[str, Sequence[str]]]) -> None:
        for target, names in targets:
            left = {
                header: of_header(header)
                for header in free
                if header not in found and not (target in PRICES and header in doubtful | of_other_currency)
            }
            matching = [header for name in names for header in left if fnmatchcase(left[header], name)]
            if matching and (target in SEVERAL or target not in taken):
                found.update(dict.fromkeys(matching if target in SEVERAL else matching[:1], target))
                taken.add(target)

    known = _known()
    prices = {target: known.names[target] for target in PRICES}
    propose(lambda header: _without_taxes(header) if price_headers.read(header).has_tax else "", prices.items())
    propose(lambda header: folded(bases[header][0] or header), known.names.items())
    found |= {header: target for header, target in _with_units(headers) if header not in found}
    propose(_plain, known.names.items())
    propose(_without_owner, known.names.items())
    propose(_without_taxes, {**prices, IGNORED: known.names[IGNORED]}.items())
    propose(_without_owner, known.patterns.items())
    if not taken & {"price", "list_price"}:
        doubtful.clear()
        for of_header in (_without_taxes, _without_owner):
            propose(of_header, [("price", [*known.names["price"], *known.patterns["price"]])])
    found |= {
        header: IGNORED
        for header in free
        if header not in found and header in doubtful | of_other_currency and _may_be_price(header)
    }
    propose(_without_owner, known.otherwise.items())
    for header, base in foreign.items():
        if header not in found:
            target = _target_of(folded(base))
            is_price = target in PRICES and price_headers.other_currency(header)
            found[header] = IGNORED if target in taken or is_price else target
            taken.add(found[header])
    if "sku" not in taken and (barcode := next((each for each in found if found[each] == "gtins"), "")):
        found[barcode] = "sku"  # the only number that identifies a product
    fields = {target: header for header, target in found.items()} | {each.field: each.header for each in columns}
    if "sku" in found.values():  # else it is our own form, and may be a part of a catalogue
        instead = {field: other for field, other in _INSTEAD.items() if field not in fields and other in fields}
        found |= {fields[other]: field for field, other in instead.items()}
    found |= {
        header: f"{ATTRIBUTE}{label}"
        for header in headers
        if header not in found and (label := _OF_MARKETPLACE.sub("", header)) != header
    }
    by_name = {folded(header): header for header in headers}
    every = by_name.keys() | {folded(column.header) for column in columns}
    found |= {
        by_name[header]: target
        for header, (other, target) in known.beside.items()
        if header in by_name and other in every and target not in taken - SEVERAL
    }
    return {header: found[header] for header in (*headers, *fields.values()) if header in found}


def names_sku(cell: str) -> bool:
    """Whether a cell may be the header of the SKUs."""
    known = _known()
    names = {*known.names["sku"], *known.otherwise["sku"]}
    return not names.isdisjoint((folded(cell), _plain(cell), _without_owner(cell)))


def known_names(field: str) -> list[str]:
    """What other systems call a field, folded."""
    return _known().names.get(field, [])


def _plain(header: str) -> str:
    """A header without hints in brackets, marks and numbers: 'productName *' is 'product_name'."""
    words = _HINTS.sub(" ", _CAMEL_CASE.sub(" ", _OF_MARKETPLACE.sub("", header)))
    return folded(_COUNT.sub(" ", words)).strip("_")


def _without_owner(header: str) -> str:
    """The same without the noun in front: 'productName *' is 'name'."""
    return _OWNER.sub("", _plain(header))


def _without_taxes(header: str) -> str:
    """'Old price incl. VAT' is 'old_price'; '' for a header without words for taxes, currencies or quantities."""
    return _OWNER.sub("", price_headers.read(header).name)


def _may_be_price(header: str) -> bool:
    known = _known()
    names = [name for target in PRICES for name in (*known.names[target], *known.patterns.get(target, []))]
    forms = (_plain(header), _without_owner(header), _without_taxes(header))
    return any(fnmatchcase(form, name) for form in forms for name in names)


def _named_attributes(headers: Sequence[str]) -> dict[str, str]:
    """Pairs such as 'Option1 Name' and 'Option1 Value': the first names the attribute that the second has a value of.

    Other columns of a pair, such as 'Attribute 1 visible', are ignored. One with 'value(s)' has several.
    """
    words = {header: tuple(re.findall(r"[^\W_]+", header.casefold().replace("(s)", "s"))) for header in headers}
    names = {_numbered(words[header], _NAME_WORDS): header for header in headers}
    found: dict[str, str] = {}
    for header in headers:
        pair = _numbered(words[header], _VALUE_WORDS)
        if not pair or pair not in names:
            continue
        several = f"{SEPARATED_BY}," if "values" in words[header] else ""
        of_pair = (each for each in headers if words[each][: len(pair)] == pair)
        found |= dict.fromkeys([names[pair], *of_pair], IGNORED)
        found[header] = f"{ATTRIBUTE}{{{names[pair]}}}{several}"
    return found


def _numbered(words: Sequence[str], roles: Collection[str]) -> tuple[str, ...]:
    """The words without the one that says what the column is; () without one, or without a number."""
    rest = tuple(word for word in words if word not in roles)
    has_number = any(word[-1].isdigit() or word in _NUMBERS for word in rest)
    return rest if has_number and len(rest) == len(words) - 1 else ()


def _without_locale(header: str) -> tuple[str, bool]:
    """The header without a language or currency, and whether that is the shop's; '' if it has none."""
    found = _OF_LOCALE.fullmatch(header)
    if not found or not _target_of(folded(found["base"])):
        return "", False
    if found["currency"] and not is_currency(found["currency"]):  # 'Item SKU'
        return "", False
    if found["currency"]:
        return found["base"], found["currency"] == settings.CURRENCY
    is_language = found["language"] in LANGUAGES
    return (found["base"], found["language"] == settings.SEARCH_LANGUAGE) if is_language else ("", False)


def _target_of(name: str) -> str:
    """The field that a header of other systems, or of ours, is; '' for none."""
    return next((target for target, names in _known().names.items() if name in names), "")


def _with_units(headers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """'Weight (kg)' and 'Gewicht in kg' -> 'attr:Weight [kg]', for what is a unit; labels without a program's key."""
    for header in headers:
        if with_key := _WITH_KEY.fullmatch(header):
            yield header, f"{ATTRIBUTE}{with_key['label']}"
        parts = _WITH_UNIT.fullmatch(header)
        unit = parts and (parts["unit"] or parts["in"]).strip()
        if parts and unit and _UNIT.fullmatch(fold(unit)):
            yield header, f"{ATTRIBUTE}{parts['label']} [{unit}]"


class _Known(NamedTuple):
    """`known_headers.toml`, folded: targets in the order in which they are proposed, with what they are called."""

    names: dict[str, list[str]]
    patterns: dict[str, list[str]]  # with *
    beside: dict[str, tuple[str, str]]
    otherwise: dict[str, list[str]]


@functools.cache
def _known() -> _Known:
    found = tomllib.loads(KNOWN_HEADERS.read_text(encoding="utf-8"))
    assert found.keys() >= ROLES - {"variant_id"}  # noqa: S101 - a typo would propose nothing
    beside = {folded(header): (folded(other), target) for header, (other, target) in found.pop("beside").items()}
    otherwise = {target: list(map(folded, names)) for target, names in found.pop("otherwise").items()}
    own = {target: [folded(target)] for target in found if not target.startswith(ATTRIBUTE)}
    every = {target: [*own.get(target, []), *map(folded, names)] for target, names in found.items()}
    names = {target: [name for name in of if "*" not in name] for target, of in every.items()}
    patterns = {target: [name for name in of if "*" in name] for target, of in every.items()}
    return _Known(names, {IGNORED: patterns.pop(IGNORED), **patterns}, beside, otherwise)


def as_toml(mapping: Mapping[str, str]) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def reason(header: str, field: str) -> str:
        other = price_headers.other_currency(header) if field == IGNORED and _may_be_price(header) else ""
        return f"  # {other} is not the shop's currency, {settings.CURRENCY}" if other else ""

    lines = (f"{quoted(header)} = {quoted(field)}{reason(header, field)}" for header, field in mapping.items())
    return "\n".join(["[columns]", *lines])
