"""A single change is indexed at once; under a steady stream, changes gather into few and larger batches."""

import threading
import time

import pytest
from django.db import connection

from indexing import sync
from indexing.sync import Totals
from products.models import Product
from tests.factories import make_product
from tests.indexing.conftest import SearchIndex

FEW, MANY = Totals(synced=1), Totals(synced=sync.STREAM)


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> sync.Pace:
    """Another test may just have synced many products."""
    fresh = sync.Pace()
    monkeypatch.setattr(sync, "pace", fresh)
    return fresh


@pytest.mark.unit
def test_pause_grows_with_the_size_of_the_batch() -> None:
    pauses = []
    for totals in (Totals(), FEW, MANY):
        pace = sync.Pace()
        assert pace.left() == 0.0, "the first change waits for nothing"
        pace.follow(totals, time.monotonic())
        pauses.append(pace.left())
    quiet, short, long = pauses
    assert quiet <= sync.POLL_INTERVAL < short <= sync.PAUSE < long <= sync.STREAM_PERIOD


@pytest.mark.unit
def test_slow_batch_of_a_stream_shortens_the_pause() -> None:
    """Changes wait for the next batch, however long the last one took."""
    pace = sync.Pace()
    pace.follow(MANY, time.monotonic() - sync.STREAM_PERIOD)
    assert 0.0 < pace.left() <= sync.PAUSE


def test_pause_of_a_stream_outlives_the_run(index: SearchIndex, pace: sync.Pace) -> None:
    """The next run begins right after it, and would send a small batch."""
    for _ in range(sync.STREAM):
        make_product()
    sync.sync_and_linger(0)
    assert len(index.ids()) == sync.STREAM
    assert sync.PAUSE < pace.left() <= sync.STREAM_PERIOD


def test_stream_of_changes_makes_few_refreshes(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs searches their caches. What commits last is indexed too."""
    products = [make_product().pk for _ in range(50)]
    index.sync()
    refreshed, make_visible, stop = list[str](), sync.make_visible, threading.Event()

    def counted(name: str) -> None:
        refreshed.append(name)
        make_visible(name)

    monkeypatch.setattr(sync, "make_visible", counted)
    run = threading.Thread(target=sync_until, args=(stop,))
    run.start()
    began = time.monotonic()
    for number in range(20):
        Product.objects.filter(pk__in=products).update(name=f"Renamed {number}")
        time.sleep(sync.PAUSE)
    stop.set()
    run.join()
    took = time.monotonic() - began
    assert {document["name"] for document in index.documents().values()} == {"Renamed 19"}
    assert len(refreshed) <= took / sync.STREAM_PERIOD + 3


def sync_until(stop: threading.Event) -> None:
    while not stop.is_set():
        sync.sync_and_linger(0.5)
    sync.sync_and_linger(0)
    connection.close()
