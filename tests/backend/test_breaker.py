"""The breaker: a service that fails is left alone, then tried by one caller at a time."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.breaker import Breaker, RestingError

pytestmark = pytest.mark.unit


def fail(breaker: Breaker) -> None:
    with pytest.raises(TimeoutError), breaker.guard(TimeoutError):
        raise TimeoutError


def test_after_a_failure_nothing_is_tried() -> None:
    breaker = Breaker("Redis", rest=60)
    fail(breaker)
    with pytest.raises(RestingError, match="Redis did not answer a moment ago"), breaker.guard(TimeoutError):
        pytest.fail("it was tried")


def test_errors_that_are_no_failure_of_the_service_do_not_count() -> None:
    breaker = Breaker("Redis", rest=60)
    with pytest.raises(ValueError, match="full"), breaker.guard(TimeoutError):
        raise ValueError("full")
    assert not breaker.is_open


def test_one_success_after_the_rest_ends_it() -> None:
    changes: list[bool] = []
    breaker = Breaker("Redis", rest=0, on_change=changes.append)
    fail(breaker)
    fail(breaker)
    with breaker.guard(TimeoutError):
        pass
    assert (breaker.is_open, changes) == (False, [True, False])


@pytest.mark.races
def test_of_many_at_once_one_tries_a_service_that_may_be_back() -> None:
    breaker = Breaker("Redis", rest=60)
    fail(breaker)
    breaker._next_try = 0.0  # noqa: SLF001 - the rest is over

    def attempt(_: int) -> str:
        try:
            with breaker.guard(TimeoutError):
                raise TimeoutError  # noqa: TRY301 - what the guard is about
        except (TimeoutError, RestingError) as error:
            return type(error).__name__

    with ThreadPoolExecutor(20) as threads:
        assert Counter(threads.map(attempt, range(100))) == {"TimeoutError": 1, "RestingError": 99}
