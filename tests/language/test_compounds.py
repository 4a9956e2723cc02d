"""A part finds the compounds that a catalogue has, and a compound its parts."""

import pytest

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
        ("nl", "koelkast boekenkast", "kasten", ["boekenkast", "koelkast"]),
        ("sv", "bordslampa taklampor", "lampa", ["bordslampa", "taklampa"]),
    ],
)
def test_part_finds_its_compounds(code: str, catalogue: str, typed: str, found: list[str]) -> None:
    assert sorted(compounds_of(code, catalogue).containing(key(code, typed))) == sorted(
        key(code, word) for word in found
    )


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
