"""Which things a title or a category names."""

import pytest
from pytest_django import Settings

from language.kind import category_heads


@pytest.mark.parametrize(
    ("language", "category", "words"),
    [
        ("en", "Toilets", {"toilet"}),
        ("en", "Toilet Parts", {"part"}),
        ("en", "Routers & Wi-Fi", {"router", "fi"}),
        ("en", "Wet/Dry Vacuums, Hoses and Filters", {"wet", "vacuum", "hos", "filter"}),
        ("en", "Cases for Phones", {"cas"}),
        ("en", "Parts for Toilets, Sinks & Faucets", {"part"}),
        ("en", "White", {"white"}),
        ("en", "", set()),
        ("de", "Zubehör für Bohrmaschinen und Sägen", {"zubehor"}),
        ("fr", "Accessoires de perceuse", {"accessoire"}),
        ("fr", "Lampes et ampoules", {"lampe", "ampoule"}),
    ],
)
def test_category_names_its_things(settings: Settings, language: str, category: str, words: set[str]) -> None:
    settings.SEARCH_LANGUAGE = language
    assert set(category_heads(category)) == words
