"""An amount finds every product with it, however either is written, and no other number does."""

import pytest

from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.service, pytest.mark.django_db]

NAMES = (
    "Pouffe Knitted Ø55 cm",
    "Frame 50 x 70 cm",
    "Discs 80 Grit",
    "100µF Capacitor 25V",
    "470µF Capacitor 25V",
    "Carpet Tiles 20 m²",
    "Carpet Tiles 20 m",
    "½ inch Elbow Brass",
    "1 inch Elbow Brass 2-pack",
    "Thermometer 60℃",
    "Thermometer 80℃",
    "Orion Camera Kit -Body Only",
    "Cool Pack Gel -18 °C",
    "Cool Pack Gel 18 °C",
    "Power Bank 10,000mAh Duo",
    "Power Bank 10000mAh Uno",
    "Power Bank 20000mAh Tre",
    "Drill Bit 2.5 mm",
    "Drill Bit 2,5 mm HSS",
    "Drill Bit 0.5 mm",
    "Drill Bit 5 mm",
    "Dumbbell 5lb Neo",
    "Dumbbell 5 lb Iron",
    "Dumbbell 10 lb",
    "Fan Heater 2kW",
    "Panel Heater 2 kW",
    "M8 Screw Set",
    "M6 Screw Set 8 pieces",
    "Bottle 500 ml",
    "Bottle 5 l",
    "Panel 1920x1080 Eco",
    "Panel 1920 x 1080 Pro",
    "Panel 1920\u00d71080 Max",
    "Panel 1280x720",
    "Stud 2 in. x 4 in. x 8 ft.",
    "Stud 4 in. x 4 in. x 8 ft.",
    "USB 3.0 cable",
    "USB 2.0 cable 3 ft.",
    "Patch cable Cat6 5m blue",
    "Outlet set cat 6",
    'Wood Screws No. 8 x 1-1/2" Brass',
    "Wood Screws #10 x 2 in",
    "Machine Screws 1/4-20 x 1 in.",
    "Sparkling Water 6 x 1.5 L",
    "Freezer Thermometer -30 to 50 °C",
    "Post 2x4x8",
    "Bricks 1,250 pcs",
    "Vacuum bags 10er Pack",
    "Tyre 205/55 R16",
)


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("100\u00b5F capacitor", ["100µF Capacitor 25V"]),
        ("100\u03bcF capacitor", ["100µF Capacitor 25V"]),
        ("carpet tiles 20 m2", ["Carpet Tiles 20 m²"]),
        ("1/2 inch elbow brass", ["½ inch Elbow Brass"]),
        ('1/2" elbow', ["½ inch Elbow Brass"]),
        ("1/2 elbow", ["½ inch Elbow Brass"]),
        ("thermometer 60 °C", ["Thermometer 60℃"]),
        ("cool pack gel -18 °C", ["Cool Pack Gel -18 °C"]),
        ("Orion camera kit -Body only", ["Orion Camera Kit -Body Only"]),
        ("10 000 mAh power bank", ["Power Bank 10,000mAh Duo", "Power Bank 10000mAh Uno"]),
        ("10 Ah power bank", ["Power Bank 10,000mAh Duo", "Power Bank 10000mAh Uno"]),
        ("drill bit .5 mm", ["Drill Bit 0.5 mm"]),
        ("drill bit 2,5 mm", ["Drill Bit 2,5 mm HSS", "Drill Bit 2.5 mm"]),
        ("5 pounds dumbbell", ["Dumbbell 5 lb Iron", "Dumbbell 5lb Neo"]),
        ("2000W heater", ["Fan Heater 2kW", "Panel Heater 2 kW"]),
        ("0.5 l bottle", ["Bottle 500 ml"]),
        ("m 8 screw set", ["M8 Screw Set"]),
        ("panel 1920 x 1080", ["Panel 1920 x 1080 Pro", "Panel 1920x1080 Eco", "Panel 1920\u00d71080 Max"]),
        ("2x4 stud", ["Stud 2 in. x 4 in. x 8 ft."]),
        ("2x4x8 stud", ["Stud 2 in. x 4 in. x 8 ft."]),
        ("cat 6 5m blue", ["Patch cable Cat6 5m blue"]),
        ("#8 x 1 1/2 wood screw", ['Wood Screws No. 8 x 1-1/2" Brass']),
        ("no 10 wood screws", ["Wood Screws #10 x 2 in"]),
        ("1/4 20 screws", ["Machine Screws 1/4-20 x 1 in."]),
        ("6x1.5l water", ["Sparkling Water 6 x 1.5 L"]),
        ("thermometer -30°C", ["Freezer Thermometer -30 to 50 °C"]),
        ("2x4 post", ["Post 2x4x8"]),
        ("bricks 1250 pieces", ["Bricks 1,250 pcs"]),
        ("vacuum bags pack of 10", ["Vacuum bags 10er Pack"]),
        ("205/55R16", ["Tyre 205/55 R16"]),
        ("pouffe 55cm", ["Pouffe Knitted Ø55 cm"]),
        ("Ø 55 cm pouffe", ["Pouffe Knitted Ø55 cm"]),
        ("70x50 cm frame", ["Frame 50 x 70 cm"]),
        ("80grit discs", ["Discs 80 Grit"]),
    ],
)
def test_amount_finds_the_products_with_it(shop: Shop, q: str, names: list[str]) -> None:
    shop.sells(*NAMES)
    response = shop.search(q)
    with_every_word = [hit["name"] for hit in response.results if not hit["missing_words"]]
    assert sorted(with_every_word) == sorted(names)
    assert (response.results[0]["name"] in names, response.relaxed, response.interpreted) == (True, [], [])


def test_bare_number_is_no_amount(shop: Shop) -> None:
    shop.sells(*NAMES)
    assert shop.names("usb 3 cable")[0] == "USB 3.0 cable"
