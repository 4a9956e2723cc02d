"""The circuit breaker: states and transitions."""

import threading

import pytest

from search_api.breaker import CircuitBreaker
from search_api.errors import EngineUnavailableError

pytestmark = pytest.mark.unit


class Engine:
    """Something that can be down; a probe waits until the test lets it go."""

    def __init__(self) -> None:
        self.calls = 0
        self.back = threading.Event()

    def call(self) -> str:
        self.calls += 1
        raise ConnectionError("down")

    def probe(self) -> bool:
        return self.back.wait(30)


@pytest.fixture
def broken() -> Engine:
    return Engine()


def attempt(breaker: CircuitBreaker, engine: Engine) -> type[Exception]:
    with pytest.raises((ConnectionError, EngineUnavailableError)) as raised:
        breaker.call(engine.call, is_outage=lambda error: isinstance(error, ConnectionError))
    return raised.type


def test_after_enough_failures_nothing_is_tried(broken: Engine) -> None:
    breaker = CircuitBreaker(broken.probe, threshold=2)
    raised = [attempt(breaker, broken) for _ in range(5)]
    assert raised == [ConnectionError, ConnectionError, *[EngineUnavailableError] * 3]
    assert broken.calls == 2
    broken.back.set()


def test_answer_to_a_probe_closes_it(broken: Engine) -> None:
    breaker = CircuitBreaker(broken.probe, threshold=1)
    attempt(breaker, broken)
    assert breaker.is_open
    broken.back.set()
    assert breaker.wait_until_closed(30)
    assert breaker.call(lambda: "fine", is_outage=lambda _: True) == "fine"


def test_success_between_failures_keeps_it_closed(broken: Engine) -> None:
    breaker = CircuitBreaker(broken.probe, threshold=2)
    for _ in range(3):
        attempt(breaker, broken)
        breaker.call(lambda: "fine", is_outage=lambda _: True)
    assert not breaker.is_open


def test_error_that_is_no_outage_does_not_count(broken: Engine) -> None:
    breaker = CircuitBreaker(broken.probe, threshold=1)
    with pytest.raises(ConnectionError):
        breaker.call(broken.call, is_outage=lambda _: False)
    assert not breaker.is_open


def test_failing_probe_is_repeated() -> None:
    answers = iter([False, True])
    breaker = CircuitBreaker(lambda: next(answers), threshold=1, probe_interval=0.001)
    attempt(breaker, Engine())
    assert breaker.wait_until_closed(30)
