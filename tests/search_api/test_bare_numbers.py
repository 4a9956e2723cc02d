"""A number without a unit, when no product has every word as it was typed."""

import pytest

from search_api.contracts import Relax
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


READ = {
    "drill bit 6": "Masonry Drill Bit 6mm",
    "6 drill bit": "Masonry Drill Bit 6mm",
    "hex bolts 8": "Hex Bolts M8 x 50",
    "jeans 32": "Denim Jeans W32",
    "spirit level 600": "Spirit Level 600 mm",
    "masonry paint 5": "Masonry Paint 5 L",
}


def test_number_is_read_as_an_amount_and_reported(shop: Shop) -> None:
    shop.sells(*NAMES)
    found = {q: shop.search(q) for q in READ}
    first = {q: response.results[0] for q, response in found.items()}
    assert {q: (hit["name"], hit["missing_words"]) for q, hit in first.items()} == {q: (READ[q], []) for q in READ}
    assert {note["kind"] for response in found.values() for note in response.relaxed} == {"meaning"}
    assert shop.search("drill bit 6", relax=Relax.NONE).relaxed == []


def test_number_stays_a_number_where_it_may_be_a_name(shop: Shop) -> None:
    shop.sells(*NAMES)
    found = {q: shop.search(q) for q in ("phone 6", "phone 6 case", "usb 3 cable")}
    assert not [note for response in found.values() for note in response.relaxed if note["kind"] == "meaning"]
    assert [response.count for response in found.values()] == [1, 1, 2]


def test_number_alone_finds_nothing_for_unknown_words(shop: Shop) -> None:
    shop.sells(*NAMES)
    assert [shop.search(q).count for q in ("skirt 8", "trampoline 8")] == [1, 0]
