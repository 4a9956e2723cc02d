"""A part finds the compounds that a catalogue has, and a compound its parts."""

import pytest
from django.test import override_settings
from pytest_django import Settings

from language.compounds import Compounds
from language.languages import LANGUAGES
from language.normalisation import fold

pytestmark = pytest.mark.unit


def compounds_of(code: str, text: str) -> Compounds:
    stem = LANGUAGES[code].stem
    return Compounds([stem(fold(word)) for word in text.split()], stem)


def key(code: str, word: str) -> str:
    return LANGUAGES[code].stem(fold(word))


@pytest.mark.parametrize(
    ("code", "catalogue", "typed", "found"),
    [
        ("de", "Kühlschrank Tisch", "Schrank", ["Kühlschrank"]),
        ("de", "Kühlschränke Kleiderschrank Schrank", "Schränke", ["Kleiderschrank", "Kühlschrank"]),
        ("de", "Lederjacke Jacke", "Leder", ["Lederjacke"]),
        ("de", "Herrenschuhe Schuh", "Herren", ["Herrenschuh"]),
        ("de", "Arbeitsplatte Platten", "Arbeit", ["Arbeitsplatte"]),
        ("de", "Steinway", "Stein", []),
        ("de", "Papier Versender", "Sender", []),
        # The short word has another key alone than at the end of a longer one.
        ("de", "Bergkäse Ziegenfrischkäse Paprika", "Käse", ["Bergkäse", "Ziegenfrischkäse"]),
        ("de", "Haselnüsse Menüs", "Nüsse", ["Haselnüsse"]),
        ("de", "Schwarztee Früchtetees Markt", "Tee", ["Früchtetee", "Schwarztee"]),
        # Two and three letters are a part beside a word.
        ("de", "Olivenöl Motorenöl Alkohol Idol", "Öl", ["Motorenöl", "Olivenöl"]),
        ("de", "Vanilleeis Bäckerei Osterei Preis", "Eis", ["Vanilleeis"]),
        ("de", "Gartenbar Waschbar", "bar", []),
        # The catalogue does not have the other part alone, but the language has.
        ("de", "Thunfischfilets", "Thunfisch", ["Thunfischfilet"]),
        ("nl", "koelkast boekenkast", "kasten", ["boekenkast", "koelkast"]),
        ("sv", "bordslampa taklampor", "lampa", ["bordslampa", "taklampa"]),
        # The key of a part is shorter than the part.
        ("sv", "barnjacka jackor barnböcker böcker", "barn", ["barnjacka", "barnbok"]),
        ("nl", "appelsap sappen appelboom", "appel", ["appelsap"]),
        ("de", "Waschbar Wasch bar", "Wasch", []),
    ],
)
def test_part_finds_its_compounds(code: str, catalogue: str, typed: str, found: list[str], settings: Settings) -> None:
    settings.SEARCH_LANGUAGE = code
    compounds, word = compounds_of(code, catalogue), fold(typed)
    assert sorted({*compounds.ending_with(word), *compounds.beginning_with(word)}) == sorted(
        key(code, word) for word in found
    )


@pytest.mark.parametrize(
    ("catalogue", "typed", "divided"),
    [
        ("Ziegenfrischkäse Frischkäse Bergkäse", "Ziegenkäse", "ziegen kase"),
        ("Erdbeer Marmelade", "Erdbeermarmelade", "erdbeer marmelade"),
        ("Bohrmaschine", "Spülmaschine", ""),  # no part of a dish washer, but its second word
        ("Handtuch Tuch Hand", "Handtuch", "hand tuch"),
    ],
)
@override_settings(SEARCH_LANGUAGE="de")
def test_compound_is_divided_where_both_words_find_something(catalogue: str, typed: str, divided: str) -> None:
    word = fold(typed)
    cut = compounds_of("de", catalogue).cut(word)
    assert (f"{word[:cut]} {word[cut:]}" if cut else "") == divided


@pytest.mark.parametrize(
    ("code", "catalogue", "typed", "parts"),
    [
        ("de", "Holz Tisch", "Holztische", ["Holz", "Tisch"]),
        ("de", "Herren Schuhe", "Herrenschuh", ["Herren", "Schuh"]),
        ("de", "Arbeit Platz Lampen", "Arbeitsplatzlampe", ["Arbeit", "Platz", "Lampe"]),
        ("de", "Holz Tisch", "Holzstuhl", []),
        ("nl", "boeken kast", "boekenkast", ["boek", "kast"]),
        ("sv", "bord lampa", "bordslampa", ["bord", "lampa"]),
    ],
)
def test_compound_has_the_parts_that_the_catalogue_knows(
    code: str, catalogue: str, typed: str, parts: list[str]
) -> None:
    assert list(compounds_of(code, catalogue).parts(fold(typed))) == [key(code, part) for part in parts]
