"""The circuit stays open until a service that failed answers a probe; callers never probe."""

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
    """Answers when `back` is set."""

    def __init__(self) -> None:
        self.back = threading.Event()
        self.probes = 0

    def probe(self) -> bool:
        self.probes += 1
        if not self.back.is_set():
            raise TimeoutError
        return True

    def breaker(self, *, probe_every: float, threshold: int = 1) -> CircuitBreaker:
        return CircuitBreaker(
            "Redis",
            probe_every=probe_every,
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


def test_no_body_runs_while_the_circuit_is_open(service: Service) -> None:
    breaker = service.breaker(probe_every=SOON)
    fail(breaker)
    while service.probes < 5:
        with pytest.raises(CircuitOpenError, match="Redis did not answer a moment ago"), breaker:
            pytest.fail("the body ran")


def test_circuit_opens_after_as_many_outages_in_a_row_as_the_threshold(service: Service) -> None:
    breaker = service.breaker(probe_every=NEVER, threshold=2)
    fail(breaker)
    assert not breaker.is_open
    fail(breaker)
    assert breaker.is_open


@pytest.mark.parametrize("answer", [None, ValueError("full")])
def test_answers_and_refusals_between_outages_keep_the_circuit_closed(
    service: Service, answer: Exception | None
) -> None:
    breaker = service.breaker(probe_every=NEVER, threshold=2)
    for _ in range(3):
        fail(breaker)
        with suppress(ValueError), breaker:
            if answer:
                raise answer
    assert not breaker.is_open


def test_errors_other_than_outages_are_raised_and_do_not_count(service: Service) -> None:
    breaker = service.breaker(probe_every=NEVER)
    with pytest.raises(ValueError, match="full"), breaker:
        raise ValueError("full")
    with pytest.raises(KeyboardInterrupt), breaker:
        raise KeyboardInterrupt
    assert not breaker.is_open


def test_first_answer_to_a_probe_closes_the_circuit(service: Service) -> None:
    breaker = service.breaker(probe_every=SOON)
    fail(breaker)
    service.back.set()
    assert breaker.wait_until_closed(30)
    with breaker:
        pass


def test_probe_that_returns_false_is_repeated() -> None:
    answers = iter([False, True])
    breaker = CircuitBreaker("OpenSearch", probe_every=SOON, probe=lambda: next(answers), is_outage=lambda _: True)
    fail(breaker)
    assert breaker.wait_until_closed(30)
    assert list(answers) == []


def test_closing_resets_the_count_of_outages(service: Service) -> None:
    breaker = service.breaker(probe_every=NEVER, threshold=2)
    fail(breaker)
    fail(breaker)
    breaker.reset()
    fail(breaker)
    assert not breaker.is_open


def test_simultaneous_outages_are_reported_once(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    changes: list[bool] = []
    breaker = service.breaker(probe_every=NEVER)
    breaker.on_change = changes.append
    with caplog.at_level(logging.WARNING, "circuit_breaker"):
        with suppress(TimeoutError), breaker:
            fail(breaker)
            raise TimeoutError("connect")
        breaker.reset()
        breaker.reset()
    assert changes == [True, False]
    assert caplog.messages == [
        "Redis is unavailable, the circuit is open until it answers: TimeoutError()",
        "Redis answers again",
    ]


def test_forked_process_starts_with_a_closed_circuit(service: Service) -> None:
    """It has no probing thread, so an open circuit would never close."""
    breaker = service.breaker(probe_every=NEVER)
    fail(breaker)
    child = os.fork()
    if not child:
        os._exit(int(breaker.is_open))
    assert (os.waitpid(child, 0)[1], breaker.is_open) == (0, True)
