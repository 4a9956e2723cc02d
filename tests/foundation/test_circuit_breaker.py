"""The breaker: a service that fails is left alone until it answers a probe, which no caller ever is."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from foundation.circuit_breaker import CircuitBreaker, CircuitOpenError

pytestmark = pytest.mark.unit

SOON, NEVER = 0.001, 600.0  # s


class Service:
    """It does not answer before it is back."""

    def __init__(self) -> None:
        self.back = threading.Event()
        self.probes = 0

    def probe(self) -> bool:
        self.probes += 1
        if not self.back.is_set():
            raise TimeoutError
        return True

    def breaker(self, *, rest: float, threshold: int = 1) -> CircuitBreaker:
        return CircuitBreaker(
            "Redis",
            rest=rest,
            probe=self.probe,
            is_outage=lambda error: isinstance(error, TimeoutError),
            threshold=threshold,
        )


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.back.set()


def fail(breaker: CircuitBreaker) -> None:
    with pytest.raises(TimeoutError), breaker:
        raise TimeoutError


def test_after_an_outage_no_caller_tries_however_long_it_lasts(service: Service) -> None:
    breaker = service.breaker(rest=SOON)
    fail(breaker)
    while service.probes < 5:
        with pytest.raises(CircuitOpenError, match="Redis did not answer a moment ago"), breaker:
            pytest.fail("it was tried")


def test_as_many_outages_in_a_row_open_it_as_its_threshold_says(service: Service) -> None:
    breaker = service.breaker(rest=NEVER, threshold=2)
    fail(breaker)
    assert not breaker.is_open
    fail(breaker)
    assert breaker.is_open


@pytest.mark.parametrize("answer", [None, ValueError("full")])
def test_answers_between_outages_keep_it_closed_and_a_refusal_is_one(
    service: Service, answer: Exception | None
) -> None:
    breaker = service.breaker(rest=NEVER, threshold=2)
    for _ in range(3):
        fail(breaker)
        with suppress(ValueError), breaker:
            if answer:
                raise answer
    assert not breaker.is_open


def test_errors_that_are_no_outage_pass_and_do_not_count(service: Service) -> None:
    breaker = service.breaker(rest=NEVER)
    with pytest.raises(ValueError, match="full"), breaker:
        raise ValueError("full")
    with pytest.raises(KeyboardInterrupt), breaker:
        raise KeyboardInterrupt
    assert not breaker.is_open


def test_first_answer_to_a_probe_closes_it(service: Service) -> None:
    breaker = service.breaker(rest=SOON)
    fail(breaker)
    service.back.set()
    assert breaker.wait_until_closed(30)
    with breaker:
        pass


def test_probe_that_answers_no_is_repeated() -> None:
    answers = iter([False, True])
    breaker = CircuitBreaker("OpenSearch", rest=SOON, probe=lambda: next(answers), is_outage=lambda _: True)
    fail(breaker)
    assert breaker.wait_until_closed(30)
    assert list(answers) == []


def test_outages_before_it_opened_are_forgotten_when_it_closes(service: Service) -> None:
    breaker = service.breaker(rest=NEVER, threshold=2)
    fail(breaker)
    fail(breaker)
    breaker.reset()
    fail(breaker)
    assert not breaker.is_open


def test_outages_at_the_same_time_are_one_change(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    changes: list[bool] = []
    breaker = service.breaker(rest=NEVER)
    breaker.on_change = changes.append
    with caplog.at_level(logging.WARNING, "circuit_breaker"):
        with suppress(TimeoutError), breaker:
            fail(breaker)
            raise TimeoutError("connect")
        breaker.reset()
        breaker.reset()
    assert changes == [True, False]
    assert caplog.messages == ["Redis is away and left alone until it answers: TimeoutError()", "Redis answers again"]


def test_forked_process_tries_for_itself(service: Service) -> None:
    """Threads do not come along: its breaker would stay open for ever."""
    breaker = service.breaker(rest=NEVER)
    fail(breaker)
    child = os.fork()
    if not child:
        os._exit(int(breaker.is_open))
    assert (os.waitpid(child, 0)[1], breaker.is_open) == (0, True)
