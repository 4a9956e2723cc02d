"""Products and their accessories are told apart by name."""

import pytest

from language.accessories import accessory_nouns

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "nouns"),
    [
        ('Targus 17" Laptop privacy filter', ["filter"]),
        ("Philips Indoor Corded TV Headphone SHP1800/00", ["headphone"]),
        ("Kensington Contour Laptop Roller- Black", ["roller"]),
        ("Sandberg FireWire for Laptop (3 ports)", ["firewire"]),
        ("Xerox 006R90321 toner cartridge Original Black", ["cartridge"]),
        ("HP Notebook QuickDock", ["quickdock", "dock"]),
        ("Vogel's Flat Screen TV floorstand (black)", ["floorstand", "stand"]),
        ("Kensington Mouse Wrist Pillow", ["pillow"]),
    ],
)
def test_accessory_is_described_by_its_last_noun(name: str, nouns: list[str]) -> None:
    assert accessory_nouns(name) == nouns


@pytest.mark.parametrize(
    "name",
    [
        "HP EliteBook 840 G5 Notebook Silver",
        "HP Pavilion Notebook with docking station",
        "Philips 22PFL3504D digital TV, remote control",
        "Motorola Edge smartphone",
        "Lenovo ThinkPad X60",
        "Sony PlayStation 4",
        "",
    ],
)
def test_product_with_accessories_in_its_name_is_no_accessory(name: str) -> None:
    assert accessory_nouns(name) == []
