"""Without OpenSearch, a text finds the products that it finds with it."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from search_api.contracts import SearchRequest
from search_api.services import search
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NAMES = [
    *("Running Shoes Gale", "Shoe Rack Oslo", "Zip Hoodie Navy", "Pack of 2 Hoodies Grey", "100\u00b5F Capacitor 25V"),
    *(
        "Carpet Tiles 20 m²",
        "½ inch Elbow Brass",
        "Thermometer 60℃",
        "Power Bank 10,000mAh Duo",
        "Drill Bit 2,5 mm HSS",
    ),
    *(
        "Drill Bit 2.5 mm",
        "Bottle 500 ml",
        "Ørsted Straße Lampe",
        "Intel® Core™2 Duo",
        "ガスコンロ",
        "Smart watch band",
    ),
    *("HP dv7-1211ea notebook", "Soft\u00adware\u200bBox", "O'Neill women's jacket", "Smartwatch"),
]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("shoe", {"Running Shoes Gale", "Shoe Rack Oslo"}),
        ("hoodies", {"Zip Hoodie Navy", "Pack of 2 Hoodies Grey"}),
        ("100\u03bcF capacitors", {"100\u00b5F Capacitor 25V"}),
        ("carpet tile 20 m2", {"Carpet Tiles 20 m²"}),
        ("1/2 inch elbow", {"½ inch Elbow Brass"}),
        ("thermometer 60 °C", {"Thermometer 60℃"}),
        ("10 000 mAh power bank", {"Power Bank 10,000mAh Duo"}),
        ("drill bit 2.5mm", {"Drill Bit 2,5 mm HSS", "Drill Bit 2.5 mm"}),
        ("0.5 l bottle", {"Bottle 500 ml"}),
        ("orsted strasse", {"Ørsted Straße Lampe"}),
        ("core 2 duo", {"Intel® Core™2 Duo"}),
        ("\uff76\uff9e\uff7d", {"ガスコンロ"}),
        ("smartwatch", {"Smart watch band", "Smartwatch"}),
        ("dv71211", {"HP dv7-1211ea notebook"}),
        ("dv7-1211ea", {"HP dv7-1211ea notebook"}),
        ("softwarebox", {"Soft\u00adware\u200bBox"}),
        ("oneill woman jackets", {"O'Neill women's jacket"}),
        ('"hoodie navy"', {"Zip Hoodie Navy"}),
        ("hoodie -navy", {"Pack of 2 Hoodies Grey"}),
    ],
)
def test_terms_find_the_same(
    shop: Shop, settings: Settings, engine_at: Callable[..., None], q: str, found: set[str]
) -> None:
    settings.SEARCH_TIMEOUT = 20.0
    shop.sells(*NAMES)
    with_engine = shop.search(q, page_size=50)
    assert {hit["name"] for hit in with_engine.results[: with_engine.count_every_word]} == found
    engine_at("http://127.0.0.1:1")
    without = search(SearchRequest(q=q, page_size=51))
    assert without.degraded
    assert {hit["name"] for hit in without.results} == found
