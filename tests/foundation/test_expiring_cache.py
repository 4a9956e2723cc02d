"""Values stored in the process for a limited time: how old they get, and how many there are."""

import threading
import tracemalloc
from collections.abc import Collection

import pytest

from foundation import expiring_cache
from foundation.expiring_cache import ExpiringItems, ExpiringValue

pytestmark = pytest.mark.unit

LONG = 600.0  # s


class Source:
    """It returns how often it was read, or fails."""

    def __init__(self) -> None:
        self.reads = 0
        self.fails = False

    def read(self) -> int:
        self.reads += 1
        if self.fails:
            raise TimeoutError
        return self.reads

    def cached(self, max_age: float) -> ExpiringValue[int]:
        return ExpiringValue("source", self.read, max_age=max_age, outages=(TimeoutError,))


def test_value_is_read_once_while_it_is_young_enough() -> None:
    value = Source().cached(LONG)
    assert [value.get(), value.get()] == [1, 1]


def test_expired_or_forgotten_value_is_read_again() -> None:
    expired = Source().cached(0)
    assert [expired.get(), expired.get()] == [1, 2]
    forgotten = Source().cached(LONG)
    forgotten.get()
    forgotten.forget()
    assert [forgotten.get(), forgotten.get()] == [2, 2]


def test_value_that_takes_long_to_read_is_read_less_often() -> None:
    source = Source()
    started = threading.Event()

    def read_slowly() -> int:
        started.wait(0.05)
        return source.read()

    value = ExpiringValue("source", read_slowly, max_age=0, reads=LONG / 0.05)
    assert [value.get(), value.get()] == [1, 1]


def test_earlier_value_stays_in_use_while_the_source_fails(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source()
    value = source.cached(0)
    value.get()
    source.fails = True
    monkeypatch.setattr(expiring_cache, "RETRY_AFTER", 0)
    assert [value.get(), value.get(), source.reads] == [1, 1, 3]
    assert "source could not be read" in caplog.text
    source.fails = False
    assert value.get() == 4


def test_source_that_failed_is_not_read_again_at_once() -> None:
    source = Source()
    value = source.cached(0)
    value.get()
    source.fails = True
    assert [value.get(), value.get(), source.reads] == [1, 1, 2]
    value.forget()
    assert [value.get(), source.reads] == [1, 2]


def test_source_whose_first_read_failed_is_read_again_after_forget() -> None:
    source = Source()
    value = source.cached(LONG)
    source.fails = True
    for _ in range(2):
        with pytest.raises(TimeoutError):
            value.get()
    source.fails = False
    value.forget()
    assert [value.get(), source.reads] == [2, 2]


def test_first_failure_is_raised_and_so_is_every_error_that_is_no_outage() -> None:
    source = Source()
    source.fails = True
    with pytest.raises(TimeoutError):
        source.cached(LONG).get()
    value = ExpiringValue("source", source.read, max_age=0)
    source.fails = False
    value.get()
    source.fails = True
    with pytest.raises(TimeoutError):
        value.get()


class SlowSource:
    """It waits in the middle of every read but the first."""

    def __init__(self) -> None:
        self.reads = 0
        self.reading, self.go_on = threading.Event(), threading.Event()

    def read(self) -> int:
        self.reads += 1
        number = self.reads
        if number > 1:
            self.reading.set()
            assert self.go_on.wait(30)
        return number


def test_others_use_the_expired_value_while_one_thread_reads() -> None:
    source = SlowSource()
    value = ExpiringValue("source", source.read, max_age=LONG)
    value.get()
    value.forget()
    reader = threading.Thread(target=value.get)
    reader.start()
    assert source.reading.wait(30)
    assert (value.get(), source.reads) == (1, 2)
    source.go_on.set()
    reader.join(30)
    assert value.get() == 2


def test_value_forgotten_during_a_read_is_read_once_more() -> None:
    source = SlowSource()
    value = ExpiringValue("source", source.read, max_age=LONG)
    value.get()
    value.forget()
    reader = threading.Thread(target=value.get)
    reader.start()
    assert source.reading.wait(30)
    value.forget()
    source.go_on.set()
    reader.join(30)
    assert value.get() == 3


def test_all_threads_wait_for_the_first_read_and_it_is_one() -> None:
    started, go_on, reads = threading.Event(), threading.Event(), []

    def read() -> int:
        reads.append(1)
        started.set()
        assert go_on.wait(30)
        return len(reads)

    value = ExpiringValue("source", read, max_age=LONG)
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(value.get())) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert started.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert (results, len(reads)) == ([1] * 4, 1)


def test_items_are_read_together_and_only_when_they_are_missing() -> None:
    reads: list[list[int]] = []

    def read(keys: Collection[int]) -> dict[int, str]:
        reads.append(sorted(keys))
        return {key: str(key) for key in keys if key < 10}

    items = ExpiringItems(read, max_age=LONG, max_items=100)
    assert items.get([1, 2, 99]) == {1: "1", 2: "2"}
    assert items.get([1, 2, 3, 99]) == {1: "1", 2: "2", 3: "3"}
    assert reads == [[1, 2, 99], [3, 99]]


def test_expired_item_is_read_again_and_gone_when_its_source_has_it_no_more() -> None:
    source = {1: "one"}
    items = ExpiringItems(lambda keys: {key: source[key] for key in keys if key in source}, max_age=0, max_items=9)
    assert items.get([1]) == {1: "one"}
    source[1] = "uno"
    assert items.get([1]) == {1: "uno"}
    del source[1]
    assert items.get([1]) == {}


def test_unknown_keys_use_no_memory() -> None:
    items: ExpiringItems[int, str] = ExpiringItems(lambda _keys: {}, max_age=LONG, max_items=1_000)
    tracemalloc.start()
    for key in range(100_000):
        items.get([key])
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(items), used < 100_000) == (0, True)  # bytes: less than one for each key


def test_items_are_bounded_and_the_oldest_go_first() -> None:
    items = ExpiringItems(lambda keys: {key: str(key) for key in keys}, max_age=LONG, max_items=1_000)
    for key in range(100_000):
        items.get([key])
    assert len(items) == 1_000
    assert set(items._items) == set(range(99_000, 100_000))  # noqa: SLF001 - which ones are left shows nowhere else
