"""What the header of a price says about it: its currency, and whether shoppers pay it as it is."""

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from babel.numbers import is_currency

from foundation import money

PRICES = ("price", "sale_price", "list_price")
_WORDS = Path(__file__).with_name("price_headers.toml")
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")
_CODE_LENGTH = 3


class PriceHeader(NamedTuple):
    """`name` is the header without words for taxes and currencies, folded; '' if it has none, nor one such as 'per'."""

    name: str
    has_tax: bool = False
    is_partial: bool = False  # without taxes, or for a kilogram: shoppers pay more or less than this


@functools.lru_cache(maxsize=4096)
def read(header: str) -> PriceHeader:
    known = _known()
    words = [word.casefold() for word in _split(header)]
    gross = [word for word in words if _is_one_of(word, known["with_tax"])]
    net = [word for word in words if _is_one_of(word, known["without_tax"])]
    currencies = {each.casefold() for each in _currencies(header)}
    others = [word for word in words if word not in {*gross, *net, *known["tax"], *currencies}]
    per = (after for word, after in zip(words, [*words[1:], ""], strict=True) if _is_one_of(word, known["per"]))
    is_partial = bool(net) or any(after not in known["piece"] for after in per)
    has_marks = bool(gross or is_partial or currencies)
    return PriceHeader("_".join(others) if has_marks else "", bool(gross) and not is_partial, is_partial)


def other_currency(header: str) -> str:
    """A currency in the header that is not the shop's, as written there; ''."""
    return next((each for each in _currencies(header) if not money.is_sign(each)), "")


def _currencies(header: str) -> Iterator[str]:
    known = _known()
    for word in _split(header):
        is_code = len(word) == _CODE_LENGTH and word in {word.upper(), word.lower()} and is_currency(word.upper())
        is_certain = word.isupper() and not header.isupper()
        if is_code and (is_certain or word.casefold() not in known["no_codes"]):
            yield word.upper()
        elif word.casefold() in known["currencies"]:
            yield word
    yield from (character for character in header if unicodedata.category(character) == "Sc")


def _split(header: str) -> list[str]:
    return _WORD.findall(_CAMEL_CASE.sub(" ", header.replace("/", " per ")))


def _is_one_of(word: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(word, pattern) for pattern in patterns)


@functools.cache
def _known() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in tomllib.loads(_WORDS.read_text(encoding="utf-8")).items()}
