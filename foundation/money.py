"""Amounts of the shop's one currency, with the digits that it has: 2 for EUR, 0 for JPY, 3 for KWD.

Babel knows the digits, symbols and ways of writing (CLDR and ISO 4217).
"""

import functools
import re
import unicodedata
from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel.core import UnknownLocaleError, get_global
from babel.languages import get_official_languages
from babel.numbers import (
    format_currency,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
)
from django.conf import settings

from foundation.amounts import Notation, ascii_digits, read_number

CACHED = 2_000  # texts of amounts
_LETTERS_BESIDE_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_AROUND = re.compile(r"(?P<before>[^\d+.,-]*)(?P<number>[+-]?[.,\d].*?)(?P<after>[^\d.,]*)", re.DOTALL)


def decimals() -> int:
    """How many digits the currency has behind its decimal mark."""
    return get_currency_precision(settings.CURRENCY)


def smallest() -> Decimal:
    """The smallest amount above zero: 0.01 of a euro, 1 yen."""
    return Decimal(1).scaleb(-decimals())


def exact(amount: Decimal) -> Decimal:
    """The amount with exactly the currency's digits; halves are rounded up."""
    return amount.quantize(smallest(), rounding=ROUND_HALF_UP)


def format_money(amount: Decimal) -> str:
    """The amount as the shop's locale writes it: $1,234.50, 1.234,50 €, ¥1,235."""
    return _format(exact(amount), settings.CURRENCY, settings.LOCALE)


def notation() -> Notation:
    """The notation of the shop's locale."""
    return Notation.COMMA if get_decimal_symbol(settings.LOCALE) == "," else Notation.POINT


def read_money(text: str) -> Decimal | None:
    """The amount that a person typed; None unless it can only be one amount of the currency.

    `1.299,00` and `12,50` are read in every locale, because they are not numbers in the other notation;
    `1,299` is read only as the locale writes it. Another currency's sign, a negative number, and more
    decimals than the currency has give None.
    """
    found = _AROUND.fullmatch(ascii_digits(text).strip())
    if not found or not all(is_sign(found[part]) for part in ("before", "after")):
        return None
    preferred = notation()
    for each in sorted(Notation, key=lambda one: one is not preferred):
        amount = read_number(found["number"].strip(), each)
        if amount is not None:
            with suppress(InvalidOperation):  # more digits than a Decimal calculates with
                return exact(amount) if amount >= 0 and amount == exact(amount) else None
            return None
    return None


def is_sign(text: str) -> bool:
    """Whether it is empty, or the shop's currency in one of the ways in which it is written."""
    return _folded(text) in _signs(settings.CURRENCY, settings.LOCALE)


@functools.lru_cache(CACHED)
def _format(amount: Decimal, currency: str, locale: str) -> str:
    # CLDR puts a space between letters and digits; Babel leaves that out.
    return _LETTERS_BESIDE_DIGITS.sub("\N{NO-BREAK SPACE}", format_currency(amount, currency, locale=locale))


@functools.lru_cache(16)
def _signs(currency: str, locale: str) -> frozenset[str]:
    """The code, the locale's symbol, and symbol and name at home: `A$` abroad is `$` in Australia."""
    signs = {"", currency, get_currency_symbol(currency, locale), get_currency_symbol(currency, "en")}
    for territory, history in get_global("territory_currencies").items():
        if any(code == currency and until is None for code, _, until, *_ in history):
            for language in get_official_languages(territory, de_facto=True):
                with suppress(UnknownLocaleError):
                    home = f"{language}_{territory}"
                    signs.add(get_currency_symbol(currency, home))
                    signs.update(get_currency_name(currency, count, home) for count in (1, 2, 5))  # 'Euro', '円'
    return frozenset(_folded(sign) for sign in signs)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
