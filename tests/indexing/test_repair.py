"""A repair gives versions above all in the index, and no version is given twice."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from indexing import repair
from tests.indexing.conftest import another_session_waits_for_a_lock
from tests.threads import in_threads

DRAWN = 300_000  # numbers; long enough for hundreds of repairs to come in between


def last_drawn() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM indexing_version")
        return int(cursor.fetchone()[0])


def drawn_twice(repair_once: Callable[[], None]) -> int:
    """How many versions one session draws more than once while two others repair all the time."""
    done, repeated = threading.Event(), list[int]()

    def draw() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) - count(DISTINCT n) FROM"
                    " (SELECT nextval('indexing_version') AS n FROM generate_series(1, %s)) AS drawn",
                    [DRAWN],
                )
                repeated.append(cursor.fetchone()[0])
        finally:
            done.set()

    def repair_on() -> None:
        while not done.is_set():
            repair_once()

    in_threads(draw, repair_on, repair_on)
    return repeated[0]


@pytest.mark.usefixtures("transactional_db")
def test_repair_of_missing_documents_gives_no_version_twice() -> None:
    assert drawn_twice(lambda: repair.renew([], above=0)) == 0


@pytest.mark.usefixtures("transactional_db")
def test_repair_of_newer_documents_leaves_room_for_versions_drawn_at_the_same_time() -> None:
    ahead = last_drawn() + 20

    repair.renew([1], above=ahead)

    assert last_drawn() > ahead + DRAWN


@pytest.mark.usefixtures("transactional_db")
def test_repair_does_not_lower_the_sequence_that_another_one_sets_at_the_same_time() -> None:
    begun, done = threading.Event(), threading.Event()
    ahead = last_drawn() + 20
    far_ahead = ahead + 10 * repair.ROOM

    def first() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [repair.LOCK])
            begun.set()
            while not (another_session_waits_for_a_lock() or done.is_set()):
                pass
            cursor.execute("SELECT setval('indexing_version', %s)", [far_ahead])

    def second() -> None:
        begun.wait()
        repair.renew([1], above=ahead)
        done.set()

    in_threads(first, second)

    assert last_drawn() > far_ahead


@pytest.mark.usefixtures("transactional_db")
def test_repair_goes_above_the_first_version_of_an_unused_sequence() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE indexing_version RESTART")

    repair.renew([1], above=1)

    assert last_drawn() > 1
