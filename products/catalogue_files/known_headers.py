"""Proposes what the columns of files from other shop systems are, by their headers."""

import functools
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from django.conf import settings

from language.languages import LANGUAGES
from language.normalisation import fold
from language.units import DEFAULT_UNITS
from products.catalogue_files.columns import ATTRIBUTE, IGNORED, ROLES, SEPARATED_BY, Column, folded

KNOWN_HEADERS = Path(__file__).with_name("known_headers.toml")
SEVERAL = frozenset({IGNORED, "images", "gtins", "active"})  # of these a file may have several columns
_NAME_WORDS = frozenset({"name", "names", "label", "key"})
_VALUE_WORDS = frozenset({"value", "values"})
# 'name-en_US', 'description-de_DE-shop', 'price-EUR', 'Name (fr)': a language, or a currency.
_OF_LOCALE = re.compile(
    r"(?P<base>.+?)[\s_.:(\[-]+(?:(?P<language>[a-z]{2})(?:[_-][A-Za-z]{2})?|(?P<currency>[A-Z]{3}))[)\]]?(?:-\w+)?"
)
_WITH_UNIT = re.compile(r"(?P<label>.+?)\s*(?:\((?P<unit>[^()]+)\)|\sin\s+(?P<in>\S+))\s*")
_UNIT = re.compile(DEFAULT_UNITS.pattern)


def proposed_mapping(headers: Sequence[str], columns: Collection[Column]) -> dict[str, str]:
    """Headers of other systems -> targets of a mapping file, in their order. A field that a column is already stays."""
    found = _named_attributes(headers)
    taken = {column.field for column in columns} - {""}
    taken |= {"category"} if "categories" in taken else set()
    by_name = {folded(header): header for header in headers if header not in found}
    foreign: dict[str, str] = {}
    for header in list(by_name.values()):
        base, is_ours = _without_locale(header)
        if is_ours:
            by_name.setdefault(folded(base), header)
        elif base:
            foreign[header] = folded(base)
    for target, names in _known().items():
        matching = list(dict.fromkeys(_matching([target, *names], by_name)))
        free = [header for header in matching if header not in found]
        if target in SEVERAL or target not in taken:
            found |= dict.fromkeys(free if target in SEVERAL else free[:1], target)
    taken |= set(found.values())
    for header, base in foreign.items():
        target = _target_of(base)
        if target and header not in found:
            found[header] = IGNORED if target in taken else target
            taken.add(target)
    found |= {header: target for header, target in _with_units(headers) if header not in found}
    found |= _beside(by_name)
    return {header: found[header] for header in headers if header in found}


def _matching(names: Iterable[str], by_name: Mapping[str, str]) -> Iterator[str]:
    for name in map(folded, names):
        if "*" in name:
            yield from (header for given, header in by_name.items() if fnmatchcase(given, name))
        elif name in by_name:
            yield by_name[name]


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
    has_number = any(word[-1].isdigit() for word in rest)
    return rest if has_number and len(rest) == len(words) - 1 else ()


def _without_locale(header: str) -> tuple[str, bool]:
    """The header without a language or currency, and whether that is the shop's; '' if it has none."""
    found = _OF_LOCALE.fullmatch(header)
    if not found or not _target_of(folded(found["base"])):
        return "", False
    if found["currency"]:
        return found["base"], found["currency"] == settings.CURRENCY
    is_language = found["language"] in LANGUAGES
    return (found["base"], found["language"] == settings.SEARCH_LANGUAGE) if is_language else ("", False)


def _target_of(name: str) -> str:
    """The field that a header of other systems, or of ours, is; '' for none."""
    known = {folded(each): target for target, names in reversed(_known().items()) for each in names}
    return known.get(name) or (name if name in _known() else "")


def _with_units(headers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """'Weight (kg)' and 'Gewicht in kg' -> 'attr:Weight [kg]', for what is a unit."""
    for header in headers:
        parts = _WITH_UNIT.fullmatch(header)
        unit = parts and (parts["unit"] or parts["in"]).strip()
        if parts and unit and _UNIT.fullmatch(fold(unit)):
            yield header, f"{ATTRIBUTE}{parts['label']} [{unit}]"


def _beside(by_name: Mapping[str, str]) -> dict[str, str]:
    rules = _file()["beside"].items()
    return {
        by_name[folded(header)]: target
        for header, (other, target) in rules
        if folded(header) in by_name and folded(other) in by_name
    }


@functools.cache
def _known() -> dict[str, list[str]]:
    return {target: names for target, names in _file().items() if target != "beside"}


@functools.cache
def _file() -> dict[str, Any]:
    found = tomllib.loads(KNOWN_HEADERS.read_text(encoding="utf-8"))
    assert found.keys() >= ROLES - {"variant_id"}  # noqa: S101 - a typo would propose nothing
    return found


def as_toml(mapping: Mapping[str, str]) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    return "\n".join(["[columns]", *(f"{quoted(header)} = {quoted(field)}" for header, field in mapping.items())])
