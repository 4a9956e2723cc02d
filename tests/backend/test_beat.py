"""Any number of beats may run: one of them leads, and another takes over when it ends."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from backend.celery import beat
from backend.celery.application import app
from backend.celery.beat import SingleScheduler

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


class Standby:
    """A beat on its own connection, as on another machine."""

    def __init__(self) -> None:
        self.scheduler = SingleScheduler(app, lazy=True)

    def leads(self) -> bool:
        """Whether it would send tasks, checked again."""
        answers: list[bool] = []
        thread = threading.Thread(target=lambda: answers.append(self._ask()))
        thread.start()
        thread.join()
        return answers[0]

    def _ask(self) -> bool:
        self.scheduler._checked = float("-inf")  # noqa: SLF001 - a second has passed
        try:
            return self.scheduler._is_leader()  # noqa: SLF001
        finally:
            connection.close()


@pytest.fixture
def leader() -> Iterator[SingleScheduler]:
    scheduler = SingleScheduler(app, lazy=True)
    assert scheduler._is_leader()  # noqa: SLF001
    yield scheduler
    connection.close()


@pytest.mark.usefixtures("leader")
def test_second_beat_waits() -> None:
    assert not Standby().leads()


@pytest.mark.usefixtures("leader")
def test_second_beat_takes_over_when_the_first_one_ends() -> None:
    standby = Standby()
    connection.close()  # as PostgreSQL does for a process that is gone
    assert standby.leads()


def test_leader_cut_off_from_postgresql_stops_leading(leader: SingleScheduler) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()

    def cut() -> None:
        with connection.cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.close()

    thread = threading.Thread(target=cut)
    thread.start()
    thread.join()
    leader._checked = float("-inf")  # noqa: SLF001
    assert not leader._is_leader()  # noqa: SLF001


def test_beat_that_does_not_lead_sends_nothing(leader: SingleScheduler) -> None:
    waiting = SingleScheduler(app, lazy=True)
    waiting.setup_schedule()
    waiting._checked, waiting._leads = float("inf"), False  # noqa: SLF001
    assert waiting.tick() == beat.CHECK_SECONDS
    assert leader is not waiting
