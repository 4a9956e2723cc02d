"""Spelling is corrected, and the response says so."""

import pytest

from search_api.query.spelling import edits
from tests.factories import make_product
from tests.search_api.conftest import Shop


@pytest.fixture
def electronics(shop: Shop) -> Shop:
    shop.sells(
        "White keyboard",
        "Black keyboard",
        "Wireless mouse",
        "Network adapter",
        "Portable speaker",
        "Notebook case",
        "Port cable",
        "Surge protector, guaranteed",
    )
    return shop


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("keybord", "keyboard"),
        ("keybaord", "keyboard"),
        ("qkeyboard", "keyboard"),
        ("wireles", "wireless"),
        ("adpater", "adapter"),
        ("speekar", "speaker"),
    ],
)
def test_misspelt_word_is_corrected_and_reported(electronics: Shop, typed: str, meant: str) -> None:
    response = electronics.search(typed)
    assert all(meant in hit["name"].lower() for hit in response.results)
    assert response.results
    assert (response.did_you_mean, response.relaxed) == (
        meant,
        [{"kind": "spelling", "message": f"Showing results for “{meant}”.", "dropped": [typed]}],
    )


@pytest.mark.service
@pytest.mark.django_db
def test_only_the_wrong_word_is_corrected(electronics: Shop) -> None:
    assert electronics.search("white keybord").did_you_mean == "white keyboard"
    assert electronics.names("white keybord")[0] == "White keyboard"


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "name", "meant"),
    [
        ("Küchenmachine", "Küchenmaschine", "kuchenmaschine"),
        ("Großhandl", "Großhandel", "grosshandel"),
        ("Smørebrød", "Smørrebrød", "smorrebrod"),
        ("Łódki", "Łodka", "lodka"),
        ("𐐀𐐁𐐂𐐃 Küchenmachine", "Küchenmaschine 𐐀𐐁𐐂𐐃", "𐐀𐐁𐐂𐐃 kuchenmaschine"),
    ],
)
def test_misspelt_word_with_accents_is_corrected(electronics: Shop, typed: str, name: str, meant: str) -> None:
    electronics.sells(name)
    response = electronics.search(typed)
    assert ([hit["name"] for hit in response.results], response.did_you_mean) == ([name], meant)


@pytest.mark.service
@pytest.mark.django_db
def test_correct_word_with_accents_stays_beside_a_wrong_one(electronics: Shop) -> None:
    electronics.sells("Küchenmaschine Bausch", "Küchenwaage")
    response = electronics.search("Küchenmaschine Bauhsch")
    assert (response.did_you_mean, response.results[0]["name"]) == ("Küchenmaschine bausch", "Küchenmaschine Bausch")


@pytest.mark.service
@pytest.mark.django_db
def test_corrected_word_has_its_synonyms(electronics: Shop) -> None:
    electronics.sells("Laptop sleeve")
    assert set(electronics.names("labtop")) == {"Laptop sleeve", "Notebook case"}


@pytest.mark.service
@pytest.mark.django_db
def test_two_words_typed_as_one(electronics: Shop) -> None:
    electronics.sells("Standing desk")
    assert electronics.names("deskstanding") == ["Standing desk"]


@pytest.mark.service
@pytest.mark.django_db
def test_unknown_word_is_searched_as_a_prefix(electronics: Shop) -> None:
    assert electronics.names("portabilities")[0] == "Portable speaker"


@pytest.mark.service
@pytest.mark.django_db
def test_correction_keeps_quotes_and_minus_words(electronics: Shop) -> None:
    electronics.sells("Wireless charger, USB C", "Wireless USB C hub by Logitech")
    response = electronics.search('wireles -logitech "usb c"')
    assert [hit["name"] for hit in response.results] == ["Wireless charger, USB C"]
    assert response.did_you_mean == 'wireless "usb c" -logitech'
    assert electronics.names(response.did_you_mean) == ["Wireless charger, USB C"]


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["usc", "1200", "K8500"])
def test_short_words_numbers_and_codes_are_not_corrected(electronics: Shop, typed: str) -> None:
    electronics.sells("USB hub", "Printer 1201 dpi", "Keyboard K850")
    response = electronics.search(typed)
    assert (response.results, response.did_you_mean) == ([], None)


@pytest.mark.service
@pytest.mark.django_db
def test_known_words_are_not_corrected(electronics: Shop) -> None:
    response = electronics.search("black keyboard")
    assert (response.did_you_mean, [note["kind"] for note in response.relaxed]) == (None, ["words"])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("mouse", "mouse", 0), ("muose", "mouse", 1), ("mose", "mouse", 1), ("", "abc", 3), ("kitten", "sitting", 3)],
)
def test_edits_count_a_swap_of_neighbours_once(one: str, other: str, distance: int) -> None:
    assert edits(one, other) == edits(other, one) == distance


@pytest.mark.service
@pytest.mark.django_db
def test_word_that_products_have_as_two_is_no_misspelling(electronics: Shop) -> None:
    electronics.sells("Power strip", "Powerstrap")
    response = electronics.search("powerstrip")
    assert ([hit["name"] for hit in response.results], response.did_you_mean) == (["Power strip"], None)


@pytest.mark.service
@pytest.mark.django_db
def test_correction_is_offered_beside_a_product_with_the_misspelt_word(electronics: Shop) -> None:
    electronics.sells("Yellow cable")
    misspelt = make_product("Toner", attributes={"Colour": "Yello"})
    electronics.refresh()
    response = electronics.search("yello")
    assert ([hit["id"] for hit in response.results], response.did_you_mean) == ([misspelt.pk], "yellow")
