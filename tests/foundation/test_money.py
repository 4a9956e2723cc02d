"""Amounts have the digits of the shop's currency, and are read and written as its locale does."""

from decimal import Decimal

import pytest
from django.test import override_settings

from foundation import money
from foundation.amounts import Notation, read_number

pytestmark = pytest.mark.unit

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("currency", "locale", "written"),
    [
        ("USD", "en_US", "$1,234.50"),
        ("EUR", "de_DE", f"1.234,50{SPACE}€"),
        ("EUR", "en_IE", "€1,234.50"),
        ("CHF", "de_CH", f"CHF{SPACE}1\u2019234.50"),
        ("JPY", "ja_JP", "\N{FULLWIDTH YEN SIGN}1,235"),
        ("KRW", "en_US", "\N{WON SIGN}1,235"),
        ("KWD", "en_US", f"KWD{SPACE}1,234.500"),
        ("INR", "en_IN", "₹1,234.50"),
    ],
)
def test_amount_has_the_digits_of_its_currency(currency: str, locale: str, written: str) -> None:
    with override_settings(CURRENCY=currency, LOCALE=locale):
        assert money.format_money(Decimal("1234.5")) == written


@pytest.mark.parametrize(
    ("currency", "locale", "typed", "amount"),
    [
        ("USD", "en_US", "1,299", "1299.00"),
        ("USD", "en_US", "1.299", None),  # 1299 to many people, and no amount of dollars
        ("USD", "en_US", "1.299,00", "1299.00"),
        ("USD", "en_US", "12,50", "12.50"),
        ("USD", "en_US", "$50", "50.00"),
        ("USD", "en_US", "US$ 50", "50.00"),
        ("USD", "en_US", "50 usd", "50.00"),
        ("USD", "en_US", "€50", None),
        ("USD", "en_US", ".5", "0.50"),
        ("EUR", "de_DE", "1.299", "1299.00"),
        ("EUR", "de_DE", "1,299", None),
        ("EUR", "de_DE", "1.299,00", "1299.00"),
        ("EUR", "de_DE", "1,299.00", "1299.00"),
        ("EUR", "de_DE", "12,50", "12.50"),
        ("EUR", "de_DE", "€50", "50.00"),
        ("EUR", "de_DE", "50 €", "50.00"),
        ("EUR", "fr_FR", "1\u202f299,50", "1299.50"),
        ("CHF", "de_CH", "1'299.50", "1299.50"),
        ("INR", "en_IN", "12,34,567.00", "1234567.00"),
        ("JPY", "ja_JP", "1,299", "1299"),
        ("JPY", "ja_JP", "\N{FULLWIDTH YEN SIGN}500", "500"),
        ("JPY", "ja_JP", "12.50", None),
        ("KWD", "en_US", "1.299", "1.299"),
        ("KWD", "en_US", "12.3456", None),
        ("EUR", "de_DE", "٣", "3.00"),
        *(("EUR", "de_DE", text, None) for text in ("", "-5", "1e3", "abc", "1.2.3", "5 kg", "NaN", "1.23.456", "€€5")),
        *(("EUR", "de_DE", text, None) for text in ("9" * 30, "9" * 3_000, f"€1{'.000' * 20}")),
        ("EUR", "de_DE", f"1,5{'0' * 60}", "1.50"),
    ],
)
def test_typed_amount_is_read_as_the_locale_writes_it_or_not_at_all(
    currency: str, locale: str, typed: str, amount: str | None
) -> None:
    with override_settings(CURRENCY=currency, LOCALE=locale):
        read = money.read_money(typed)
    assert (None if read is None else str(read)) == amount


@pytest.mark.parametrize("notation", list(Notation))
@pytest.mark.parametrize("text", ["1,2,3", "1,,5", ",", "1 2", "1.5.5", "12 34", "", "+", "1,234 567"])
def test_other_texts_are_no_numbers(text: str, notation: Notation) -> None:
    assert read_number(text, notation) is None
