"""Synonyms, edited while the shop is open."""

import pytest
from django.core.exceptions import ValidationError
from django.dispatch import Signal

from foundation import expiring_cache
from language.synonyms import build_table, normalise_phrase, parse_rule
from search_api.models import Synonym
from search_api.query import synonym_table
from search_api.services import suggest
from tests.lost_connection import connection_ends_at
from tests.search_api.conftest import Shop

service = pytest.mark.service


@service
@pytest.mark.django_db
def test_laptop_finds_notebook_and_back(shop: Shop) -> None:
    shop.sells("HP Pavilion notebook", "Dell laptop", "Printer")
    assert shop.names("laptop") == ["Dell laptop", "HP Pavilion notebook"]
    assert shop.names("notebooks") == ["HP Pavilion notebook", "Dell laptop"]


@service
@pytest.mark.django_db
def test_phrase_is_a_synonym_of_a_word(shop: Shop) -> None:
    shop.sells("Sony PlayStation 4 Slim", "Verbatim USB flash drive")
    assert shop.names("ps4") == ["Sony PlayStation 4 Slim"]
    assert shop.names("usb stick") == ["Verbatim USB flash drive"]


@service
@pytest.mark.django_db
def test_phrase_with_a_stop_word_is_known(shop: Shop) -> None:
    shop.sells("HP multifunction printer", "Printer stand")
    assert shop.matches("all in one printer") == ["HP multifunction printer"]


@service
@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "name"), [("powerbank", "Portable charger"), ("Ear-phones", "Wireless headset")])
def test_compound_has_its_synonyms_in_every_spelling(shop: Shop, typed: str, name: str) -> None:
    shop.sells(name, "Printer")
    response = shop.search(typed)
    assert ([hit["name"] for hit in response.results], response.did_you_mean, response.relaxed) == ([name], None, [])


@service
@pytest.mark.django_db(transaction=True)
def test_edit_works_at_once(shop: Shop) -> None:
    shop.sells("Trolley jack")
    assert shop.names("hydraulic lifter") == []
    rule = Synonym.objects.create(rule="hydraulic lifter, trolley jack")
    assert shop.names("hydraulic lifter") == ["Trolley jack"]
    rule.active = False
    rule.save()
    assert shop.names("hydraulic lifter") == []


@service
@pytest.mark.django_db(transaction=True)
def test_one_way_rule_works_one_way(shop: Shop) -> None:
    Synonym.objects.create(rule="beverage => coffee")
    shop.sells("Coffee maker", "Beverage cooler")
    assert sorted(shop.names("beverage")) == ["Beverage cooler", "Coffee maker"]
    assert shop.names("coffee") == ["Coffee maker"]


@service
@pytest.mark.django_db
def test_invalid_rule_written_by_sql_is_left_out(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.sells("Trolley jack")
    Synonym.objects.bulk_create([Synonym(rule="alone"), Synonym(rule="hydraulic lifter, trolley jack")])
    synonym_table.forget()
    assert shop.names("hydraulic lifter") == ["Trolley jack"]
    assert [one["text"] for one in suggest("troll").suggestions] == ["Trolley jack"]
    assert "the synonym rule 'alone' is left out" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_synonyms_stay_in_force_when_they_cannot_be_read_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring_cache, "RETRY_AFTER", 0)
    Synonym.objects.create(rule="hydraulic lifter, trolley jack")
    known, read_again = synonym_table.current(), Signal()
    with connection_ends_at(read_again):
        read_again.send(None)
        synonym_table.forget()
        assert synonym_table.current() is known
    assert ("hydraulic", "lifter") in known
    assert "could not be read" in caplog.text


@pytest.mark.parametrize(
    "rule",
    [
        *("", "alone", "=>", "a =>", "=> b", "a => b => c", "one two three four five, six", "!!!, ???"),
        *("shoe, shoes", "tv => TV", "Café, cafe", "colour, color", "1,000 mAh, 1 Ah", "3,5 mm"),
    ],
)
def test_invalid_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValidationError):
        Synonym(rule=rule).clean()


@pytest.mark.unit
def test_rule_is_read_from_both_sides() -> None:
    assert parse_rule(" tv , television") == (["tv", "television"], ["tv", "television"])
    assert parse_rule("pc => desktop, computer") == (["pc"], ["desktop", "computer"])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("rule", "phrases"),
    [
        ("power bank 10,000, big power bank", ["power bank 10,000", "big power bank"]),
        ("3,5 mm jack,headphone jack", ["3,5 mm jack", "headphone jack"]),
        ("1.299,00,x", ["1.299,00", "x"]),
        ("ps4,4k", ["ps4", "4k"]),
        ("mp3,mp4", ["mp3", "mp4"]),
        ("7, 8", ["7", "8"]),
    ],
)
def test_comma_within_a_number_separates_nothing(rule: str, phrases: list[str]) -> None:
    assert parse_rule(rule) == (phrases, phrases)


@pytest.mark.unit
def test_rules_for_one_phrase_add_up_and_do_not_chain() -> None:
    table = build_table(["tv, television", "TVs => telly", "telly, goggle box"])
    assert table[("tv",)] == (("television",), ("telly",))


@pytest.mark.unit
def test_case_punctuation_and_number_do_not_matter() -> None:
    assert normalise_phrase("Wi-Fi Routers") == ("wi", "fi", "router")
