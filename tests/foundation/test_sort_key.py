"""Names are sorted as people expect: numbers by value, accents with their letter, leading punctuation ignored."""

from importlib import import_module

import pytest
from django.db import connection

migration = import_module("foundation.migrations.0002_sort_key")
pytestmark = [pytest.mark.django_db, pytest.mark.service]

IN_ORDER = """
    ½ inch
    1 m
    2 m
    2,25 m
    2.5 m
    “10 m”
    100 m
    1,000 m
    1001 m
    99999999999999999999999
    100000000000000000000000
    Äpfel
    apple
    Apple 2
    apple 010
    Ärmel
    Cable, 5 m
    cable 20 m
    Émile
    (Emma)
    Ice box
    Iceberg
    iPhone® 9
    iPhone 15
    Łódź
    Lodz 2
    Œuf
    Ørsted
    Straße
    strasse 2
    Þorn
    Zebra
    カス
    ガス
    한국
"""


def sort_keys(names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT foundation_sort_key(name) FROM unnest(%s::text[]) AS name", [names])
        return [key for (key,) in cursor.fetchall()]


def test_names_are_in_natural_order() -> None:
    names = [line.strip() for line in IN_ORDER.strip().splitlines()]
    keys = sort_keys(names)
    assert [name for _, name in sorted(zip(keys, names, strict=True))] == names


@pytest.mark.parametrize("letters", migration.LETTERS)
def test_the_order_is_the_same_with_each_collation_that_a_server_may_have(letters: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_collation WHERE collname = %s", [letters])
        if not cursor.rowcount:
            pytest.skip(f"this PostgreSQL has no {letters}")
        cursor.execute("DROP FUNCTION foundation_sort_key(text) CASCADE")
        cursor.execute(migration.function_for(letters))
    test_names_are_in_natural_order()


@pytest.mark.parametrize(
    "same", [["Café", "CAFE\u0301", " cafe", "ca\u00adfe"], ["Wi-Fi 6", "wi fi 06"], ["ガス", "ｶﾞｽ"]]
)
def test_spellings_of_a_name_stand_together(same: list[str]) -> None:
    assert len(set(sort_keys(same))) == 1


def test_every_name_has_a_key_that_fits_an_index() -> None:
    names = ["★★★", " ", "'", "9" * 300, "9 " * 150, "\U0001f600" * 300, "ẞ" * 300, "\ufdfa" * 300]
    assert all(0 < len(key.encode()) <= 1200 for key in sort_keys(names))
