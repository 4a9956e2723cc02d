"""SKUs and model codes are found however they are typed."""

import pytest

from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def parts(shop: Shop) -> Shop:
    make_product("HP Pavilion dv7-1211ea Notebook", sku="AB-100.7/X")
    make_product("HP Pavilion dv7-1212ea Notebook", sku="AB-1007/Y")
    make_product("Xerox 006R90321 toner cartridge", sku="3920564")
    make_product("StarTech.com DB9 serial adapter", sku="1128895")
    make_product("StarTech.com DB25 serial adapter", sku="42")
    make_product("Case for AB-100.7/X", sku="77-1")
    make_product("Dining table", sku="OWN-F1")
    shop.refresh()
    return shop


@pytest.mark.parametrize(
    ("typed", "sku"),
    [
        ("AB-100.7/X", "AB-100.7/X"),
        ("ab1007x", "AB-100.7/X"),
        ("ab-1007x", "AB-100.7/X"),
        ("dv7-1211ea", "AB-100.7/X"),
        ("DV71211EA", "AB-100.7/X"),
        ("dv7 1211ea", "AB-100.7/X"),
        ("hp dv71211ea", "AB-100.7/X"),
        ("006r90321", "3920564"),
        ("toner 006R90321", "3920564"),
        ("3920564", "3920564"),
        ("42", "42"),
        ("own f1", "OWN-F1"),
        ("startech DB9 adapter", "1128895"),
    ],
)
def test_code_as_typed_finds_its_product_first(parts: Shop, typed: str, sku: str) -> None:
    assert parts.search(typed).results[0]["sku"] == sku


def test_prefix_of_a_code_finds_all_codes_with_it(parts: Shop) -> None:
    assert {hit["sku"] for hit in parts.search("dv7-121").results} == {"AB-100.7/X", "AB-1007/Y"}


def test_exact_sku_comes_before_a_name_that_mentions_it(parts: Shop) -> None:
    assert [hit["sku"] for hit in parts.search("AB-100.7/X").results] == ["AB-100.7/X", "77-1"]


def test_code_is_never_corrected(parts: Shop) -> None:
    assert parts.names("dv7-1219ea") == []
    assert parts.names("006R90329") == []
