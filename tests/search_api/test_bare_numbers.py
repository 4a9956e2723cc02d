"""A number without a unit is no amount, and alone it says nothing."""

import pytest

from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NAMES = (
    "Masonry Drill Bit 6mm",
    "Masonry Drill Bit 60mm",
    "Masonry Drill Bit 6.5 mm",
    "Hex Bolts M8 x 50",
    "Hex Bolts M10 x 80",
    "Denim Jeans W32",
    "Denim Jeans W34",
    "Spirit Level 600 mm",
    "Masonry Paint 5 L",
    "Phone 6 Case",
    "USB 2.0 cable 3 ft",
    "USB cable for printers",
    "Skirt, size 8",
)


@pytest.mark.parametrize(("q", "number"), [("usb 3 cable", "3"), ("usb cable 3", "3"), ("drill bit 6", "6")])
def test_number_is_no_amount(shop: Shop, q: str, number: str) -> None:
    shop.sells(*NAMES)
    response = shop.search(q)
    dropped = {word for note in response.relaxed for word in note["dropped"]}
    lacking = [number in hit["missing_words"] for hit in response.results if "Drill" in hit["name"]]
    assert dropped == {number} or lacking == [True, True, True]


def test_number_alone_finds_nothing_for_unknown_words(shop: Shop) -> None:
    shop.sells(*NAMES)
    assert [shop.search(q).count for q in ("skirt 8", "trampoline 8")] == [1, 0]


def test_code_of_digits_is_found_beside_unknown_words(shop: Shop) -> None:
    make_product("Hex Bolts", sku="3988825")
    shop.refresh()
    assert shop.names("trampoline 3988825") == ["Hex Bolts"]
