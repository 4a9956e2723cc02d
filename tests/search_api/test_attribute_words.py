"""Words for what a product has, though no text of it says so: the label of a 'yes', a year, a number of a model."""

import pytest

from products.models import Attribute
from search_api.contracts import Relax
from tests.factories import make_attribute, make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

# As imports make them: numbers without a unit and booleans are not searchable.
NUMBERS = ("vintage", "model", "weight", "ports")
SWITCHES = ("dimmable", "built-in_microphone", "wi-fi", "box")
PRODUCTS = {
    "Priorat Clos Mogador": {"vintage": 2016},
    "Priorat Les Terrasses": {"vintage": 2018},
    "OptiPlex desktop": {"model": 7010, "weight": 2016, "ports": 3},
    "USB cable 3 ft": {"weight": 80},
    "USB hub": {"ports": 4, "weight": 1000},
    "Ceiling lamp": {"dimmable": True, "box": True},
    "Desk lamp": {"dimmable": False},
    "Dimmable candle": {"dimmable": True},
    "Webcam": {"built-in_microphone": True, "wi-fi": True},
    "Microphone stand": {"built-in_microphone": False, "wi-fi": False},
    "Box of cookies": {},
}


@pytest.fixture
def things(shop: Shop) -> Shop:
    for code in NUMBERS:
        make_attribute(code, "number", searchable=False)
    for code in SWITCHES:
        label = code.replace("_", " ").capitalize()
        Attribute.objects.create(code=code, label=label, type="boolean", searchable=False)
    for name, attributes in PRODUCTS.items():
        make_product(name, attributes=attributes)
    shop.refresh()
    return shop


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("priorat 2016", ["Priorat Clos Mogador"]),
        ("2018", ["Priorat Les Terrasses"]),
        ("desktop 7010", ["OptiPlex desktop"]),
        ("lamp dimmable", ["Ceiling lamp"]),
        ("dimmable lamps", ["Ceiling lamp"]),
        ("dimmable", ["Dimmable candle", "Ceiling lamp"]),
        ("box", ["Box of cookies", "Ceiling lamp"]),
        ("webcam built-in microphone", ["Webcam"]),
        ("wifi webcam", ["Webcam"]),
        ("wi-fi", ["Webcam"]),
    ],
)
def test_word_finds_what_has_the_value(things: Shop, typed: str, names: list[str]) -> None:
    response = things.search(typed)
    assert [hit["name"] for hit in response.results[: response.count_every_word]] == names
    assert (response.relaxed, response.interpreted) == ([], [])


@pytest.mark.parametrize(
    "typed", ["priorat 2017", "usb 3", "desktop 2016", "hub 1000", "desk lamp dimmable", "stand wifi"]
)
def test_other_values_are_not_found_by_words(things: Shop, typed: str) -> None:
    assert things.matches(typed, relax=Relax.NONE) == []


def test_words_stay_words_where_no_filter_is_to_be_read(things: Shop) -> None:
    assert things.matches("lamp dimmable", interpret=False) == ["Ceiling lamp"]
