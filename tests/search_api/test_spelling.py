"""Spelling is corrected, and the response says so."""

import pytest

from search_api.query.spelling import slip_cost
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
def test_word_that_products_have_in_the_plural_alone_is_found_by_its_singular(electronics: Shop) -> None:
    electronics.sells("Hedge trimmers", "Trailer light")
    assert electronics.names("trimer") == ["Hedge trimmers"]


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
        ("Küchenmachine", "Küchenmaschine", "küchenmaschine"),
        ("Großhandl", "Großhandel", "großhandel"),
        ("Smørebrød", "Smørrebrød", "smørrebrød"),
        ("Łódki", "Łodka", "łodka"),
        ("𐐀𐐁𐐂𐐃 Küchenmachine", "Küchenmaschine 𐐀𐐁𐐂𐐃", "𐐀𐐁𐐂𐐃 küchenmaschine"),
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
    assert electronics.names("standingdesk") == ["Standing desk"]


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
    assert response.did_you_mean == 'wireless -logitech "usb c"'
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
    assert (response.did_you_mean, response.relaxed) == (None, [])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("typed", "likelier", "than"),
    [
        ("printr", "printer", "print"),  # a letter left out, rather than one added
        ("lettter", "letter", "lettner"),  # a letter doubled, rather than a wrong one
        ("muose", "mouse", "moose"),  # two letters swapped, rather than a wrong one
    ],
)
def test_common_slips_cost_less(typed: str, likelier: str, than: str) -> None:
    assert 0 == slip_cost(typed, typed) < slip_cost(typed, likelier) < slip_cost(typed, than)


@pytest.mark.service
@pytest.mark.django_db
def test_word_that_products_have_as_two_is_no_misspelling(electronics: Shop) -> None:
    electronics.sells("Power strip", "Powerstrap")
    response = electronics.search("powerstrip")
    assert ([hit["name"] for hit in response.results], response.did_you_mean) == (["Power strip"], None)


@pytest.mark.service
@pytest.mark.django_db
def test_words_are_searched_as_typed_on_request(electronics: Shop) -> None:
    response = electronics.search("white keybord", spelling=False)
    assert (response.did_you_mean, [one["kind"] for one in response.relaxed]) == (None, ["unknown"])
    assert electronics.search("keybord", spelling=False).count == 0


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "near"), [("drone", "Done"), ("lego", "Leg"), ("telly", "Tally")])
def test_common_word_is_not_taken_for_a_misspelling(electronics: Shop, typed: str, near: str) -> None:
    electronics.sells(f"{near} marker")
    response = electronics.search(typed)
    assert (response.results, response.did_you_mean) == ([], None)


@pytest.mark.service
@pytest.mark.django_db
def test_corrected_query_ranks_as_the_same_words_typed_right(electronics: Shop) -> None:
    electronics.sells("Rolling laptop case", "Laptop", "Laptop 15 inch", "Notebook laptop sleeve")
    typed, right = electronics.search("labtop"), electronics.search("laptop")
    assert [hit["id"] for hit in typed.results] == [hit["id"] for hit in right.results]


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("creme brulle", "crème brûlée"),
        ("Creme brulle torch", "crème brûlée torch"),
        ("smorgasbrod", "smörgåsbord"),
        ("schlussselbrett", "schlüsselbrett"),
        ("torchh", "torch"),
    ],
)
def test_correction_is_spelt_as_the_catalogue_spells_it(shop: Shop, typed: str, meant: str) -> None:
    shop.sells("Crème Brûlée Torch", "CRÈME BRÛLÉE", "Creme Caramel Tin", "Smörgåsbord Tray", "Schlüsselbrett Eiche")
    response = shop.search(typed)
    assert response.did_you_mean == meant
    assert response.relaxed[0]["message"] == f"Showing results for “{meant}”."
    assert shop.names(meant) == [hit["name"] for hit in response.results]
