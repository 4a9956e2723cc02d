"""What the values of a product may be, for files and the API alike."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from products.product_data import parse

WHOLE = {"sku": "L-1", "name": "Lamp", "price": "12.50"}


def test_text_and_json_values_of_a_whole_product_become_the_same() -> None:
    values = {
        "sku": "L-1",
        "name": "Lamp",
        "brand": "",
        "category": "Home > Lamps",
        "price": Decimal("12.50"),
        "description": "",
        "attributes": {},
        "list_price": None,
        "gtins": ["00012345678905", "04006381333931"],
        "images": [{"url": "https://images.example/a.jpg", "alt": ""}],
        "released": date(2026, 3, 31),
        "active": False,
    }
    as_text = {
        **WHOLE,
        "category": " Home>Lamps ",
        "list_price": "",
        "gtins": "012345678905, 4006381333931 4006381333931",
        "images": "https://images.example/a.jpg",
        "released": "2026-03-31",
        "active": "FALSE",
    }
    as_json = {
        **as_text,
        "price": 12.5,
        "list_price": None,
        "brand": None,
        "gtins": ["012345678905", "4006381333931"],
        "images": [{"url": "https://images.example/a.jpg"}],
        "active": False,
    }
    assert parse(as_text, whole=True) == parse(as_json, whole=True) == (values, {})


def test_texts_are_cleaned_as_those_of_a_file() -> None:
    raw = {
        "sku": "L\u200b-1",
        "name": "Caf&eacute;\u00a0 la\u00admp",
        "brand": "A &amp; B",
        "category": "Home &amp; Garden > Lamps",
        "description": "<p>One</p><ul><li>x &lt; 2</li></ul>",
        "gtins": ["4006381\u200b333931"],
        "attributes": {"colour": ["Red &amp; blue", "Green"], "note": "a\u200bb"},
    }
    assert parse(raw, whole=False) == (
        {
            "sku": "L-1",
            "name": "Café lamp",
            "brand": "A & B",
            "category": "Home & Garden > Lamps",
            "description": "One\n\n- x < 2",
            "gtins": ["04006381333931"],
            "attributes": {"colour": ["Red & blue", "Green"], "note": "ab"},
        },
        {},
    )


def test_change_judges_only_what_is_given() -> None:
    assert parse({"price": 3}, whole=False) == ({"price": Decimal("3.00")}, {})


def test_every_fault_is_reported_by_field() -> None:
    raw = {"sku": "", "price": "-1", "released": "2023-02-29", "colour": "Red", "active": "maybe"}
    assert parse(raw, whole=True)[1] == {
        "sku": "it is empty",
        "name": "it is missing",
        "price": "a price is not negative: -1",
        "released": "there is no day 2023-02-29",
        "active": "'maybe' is not true or false",
        "colour": "products have no such field",
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", 7, "it is a number, not text"),
        ("sku", 7, "it is a number, not text"),
        ("name", ["Lamp"], "it is a list, not text"),
        ("name", "La\nmp", "it has a character that cannot be shown, '\\n'"),
        ("name", "#REF!", "#REF! is an error of a spreadsheet, not a value"),
        (
            "sku",
            "5.01E+12",
            "'5.01E+12' is a number that a spreadsheet has shortened: format the column as text, and export again",
        ),
        ("description", "a\0b", "it has a NUL byte"),
        ("category", "Home > ", "a name is empty between the '>' of 'Home >'"),
        ("price", True, "it is true or false, not text or a number"),
        ("price", None, "'' is not a number such as 49.95"),
        ("price", float("nan"), "'nan' is not a number such as 49.95"),
        ("price", 0.001, "a price in USD has at most 2 decimals, not 0.001"),
        ("price", 1e300, f"1{'0' * 300} is more than the highest price, 9999999999.99"),
        ("active", 1, "1 is not true or false"),
        ("active", None, "None is not true or false"),
        ("attributes", ["Red"], "it is a list, not an object of values by code"),
        ("list_price", "dear", "'dear' is not a number such as 49.95"),
        ("gtins", 7, "it is a number, not a list of GTINs"),
        ("images", {"url": "x"}, "it is an object, not a list of pictures"),
    ],
)
def test_bad_value_has_one_message(field: str, value: Any, message: str) -> None:
    assert parse({field: value}, whole=False) == ({}, {field: message})
