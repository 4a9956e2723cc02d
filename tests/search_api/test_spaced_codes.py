"""Codes and designations are found whether they are written, or typed, as one word or as several."""

import pytest

from search_api.contracts import Relax, SearchRequest
from search_api.services import search
from tests.factories import make_attribute, make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

IN_ATTRIBUTES = {
    "Brake disc front": {"oe_number": "5Q0 615 301 G"},
    "Brake disc rear": {"oe_number": ["1K0-615-601-AA", "8J0 615 601"]},
    "Brake disc for vans": {"oe_number": "A 204 421 09 81"},
    "Brake disc with sensor": {"oe_number": "34 11 6 794 300"},
    "Oil filter": {"oe_number": "06A115561B"},
    "Wall paint": {"colour_code": "RAL 9010"},
    "Radiator paint": {"colour_code": "RAL7016"},
    "Pond lamp": {"protection": "IP 67"},
    "Shelf": {"width": 300},
}
NAMES = (
    "Brake disc 3C0 615 301 B front",
    "USB 2.0 cable 3 ft",
    "USB cable for printers",
    "Set of 100 screws 4 x 30 mm",
)


def make_parts() -> None:
    for code in ("oe_number", "colour_code", "protection"):
        make_attribute(code)
    make_attribute("width", "number", unit="mm")
    for name, attributes in IN_ATTRIBUTES.items():
        make_product(name, attributes=attributes)
    for name in NAMES:
        make_product(name)


@pytest.fixture
def parts(shop: Shop) -> Shop:
    make_parts()
    shop.refresh()
    return shop


SPELLINGS = [
    ("5Q0 615 301 G", "Brake disc front"),
    ("5Q0615301G", "Brake disc front"),
    ("5q0-615-301-g", "Brake disc front"),
    ("5q0.615.301.g", "Brake disc front"),
    ("5q0615301", "Brake disc front"),
    ("brake disc 5q0615301g", "Brake disc front"),
    ("1k0615601aa", "Brake disc rear"),
    ("1k0 615 601 aa", "Brake disc rear"),
    ("8J0615601", "Brake disc rear"),
    ("a2044210981", "Brake disc for vans"),
    ("A 204 421 09 81", "Brake disc for vans"),
    ("34116794300", "Brake disc with sensor"),
    ("34-11-6-794-300", "Brake disc with sensor"),
    ("06A 115 561 B", "Oil filter"),
    ("06a-115-561-b", "Oil filter"),
    ("ral9010", "Wall paint"),
    ("ral-9010", "Wall paint"),
    ("paint ral9010", "Wall paint"),
    ("ral 7016", "Radiator paint"),
    ("ral-7016", "Radiator paint"),
    ("ip67", "Pond lamp"),
    ("lamp ip67", "Pond lamp"),
    ("3c0615301b", "Brake disc 3C0 615 301 B front"),
    ("3C0-615-301-B", "Brake disc 3C0 615 301 B front"),
]


@pytest.mark.parametrize(("typed", "name"), SPELLINGS)
def test_code_is_found_in_any_spelling(parts: Shop, typed: str, name: str) -> None:
    assert parts.matches(typed) == [name]


@pytest.mark.parametrize("typed", ["5q0615302g", "ral9011", "usb3 cable", "ip68"])
def test_other_code_finds_no_product_with_every_word(parts: Shop, typed: str) -> None:
    assert parts.matches(typed, relax=Relax.NONE) == []


@pytest.mark.usefixtures("engine_away")
@pytest.mark.parametrize("typed", ["5q0615301g", "3c0615301b", "ral9010", "06A 115 561 B"])
def test_code_is_found_in_any_spelling_without_the_engine(typed: str) -> None:
    make_parts()
    [name] = [name for spelling, name in SPELLINGS if spelling.lower() == typed.lower()]
    assert [hit["name"] for hit in search(SearchRequest(q=typed)).results] == [name]
