"""The breaker: a service that fails is left alone until it answers a probe, which no caller ever is."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from backend.breaker import Breaker, RestingError

pytestmark = pytest.mark.unit

SOON = 0.001  # s


class Service:
    """It hangs until it is back."""

    def __init__(self) -> None:
        self.back = threading.Event()
        self.probes = 0

    def probe(self) -> None:
        self.probes += 1
        if not self.back.is_set():
            raise TimeoutError


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.back.set()


def fail(breaker: Breaker) -> None:
    with pytest.raises(TimeoutError), breaker.guard(TimeoutError):
        raise TimeoutError


def test_after_a_failure_no_caller_tries_however_long_it_lasts(service: Service) -> None:
    breaker = Breaker("Redis", rest=SOON, probe=service.probe)
    fail(breaker)
    while service.probes < 5:
        with pytest.raises(RestingError, match="Redis did not answer a moment ago"), breaker.guard(TimeoutError):
            pytest.fail("it was tried")


def test_errors_that_are_no_failure_of_the_service_do_not_count(service: Service) -> None:
    breaker = Breaker("Redis", rest=SOON, probe=service.probe)
    with pytest.raises(ValueError, match="full"), breaker.guard(TimeoutError):
        raise ValueError("full")
    assert not breaker.is_open


def test_first_answer_to_a_probe_ends_it(service: Service) -> None:
    changes: list[bool] = []
    breaker = Breaker("Redis", rest=SOON, probe=service.probe, on_change=changes.append)
    fail(breaker)
    service.back.set()
    assert breaker.wait_until_closed(30)
    with breaker.guard(TimeoutError):
        pass


def test_failures_at_the_same_time_are_one_change(service: Service) -> None:
    changes: list[bool] = []
    breaker = Breaker("Redis", rest=60, probe=service.probe, on_change=changes.append)
    with suppress(TimeoutError), breaker.guard(TimeoutError):
        fail(breaker)
        raise TimeoutError
    breaker.reset()
    assert changes == [True, False]


def test_forked_process_tries_for_itself(service: Service) -> None:
    """Threads do not come along: its breaker would stay open for ever."""
    breaker = Breaker("Redis", rest=60, probe=service.probe)
    fail(breaker)
    child = os.fork()
    if not child:
        os._exit(int(breaker.is_open))
    assert (os.waitpid(child, 0)[1], breaker.is_open) == (0, True)
