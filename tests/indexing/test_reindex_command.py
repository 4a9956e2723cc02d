"""`manage.py reindex`: its output, its exit codes, and the state after Ctrl-C."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from indexing import client, indices, reindex
from indexing.backfill import WORTH_FORKING
from indexing.models import PhysicalIndex
from products.models import Product
from tests.eventually import eventually
from tests.factories import make_product
from tests.indexing.conftest import (
    SearchIndex,
    another_session_waits_for_a_lock,
    expected_documents,
    make_serving_index,
    unbuildable_product,
)
from tests.threads import in_threads


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("reindex", *options, stdout=out)
    return out.getvalue()


def test_output_names_the_serving_index_and_its_size(index: SearchIndex) -> None:
    make_product()

    output = run()

    assert "Loading: 1" in output
    assert f"{index.name} serves 1 products after " in output


def test_if_needed_does_nothing_when_a_current_index_serves(index: SearchIndex) -> None:
    before = index.name

    assert run("--if-needed") == "An index with the current mapping serves: nothing to do.\n"
    assert index.name == before


def test_if_needed_builds_the_first_index(index: SearchIndex) -> None:
    indices.delete(index.name)
    PhysicalIndex.objects.all().delete()
    product = make_product()

    run("--if-needed")

    assert index.ids() == {product.pk}


def test_if_needed_waits_for_a_running_rebuild(index: SearchIndex) -> None:
    indices.delete(index.name)
    PhysicalIndex.objects.all().delete()
    running, output = threading.Event(), list[str]()

    def other() -> None:
        with reindex.rebuild_lock():
            running.set()
            while not another_session_waits_for_a_lock():
                pass
            make_serving_index()

    def run_if_needed() -> None:
        running.wait()
        output.append(run("--if-needed"))

    in_threads(other, run_if_needed)

    assert output == ["An index with the current mapping serves: nothing to do.\n"]


@pytest.mark.usefixtures("index")
def test_output_names_the_products_that_are_left_out() -> None:
    bad = unbuildable_product()

    output = run("--allow-refused", "1")

    assert f"1 products cannot be indexed\n  product {bad.pk}: ValueError" in output


def test_output_names_the_deleted_indices(index: SearchIndex) -> None:
    before = index.name

    assert f"Deleted: {before}" in run("--keep", "0")


def test_rollback_and_its_refusal(index: SearchIndex) -> None:
    before = index.name
    with pytest.raises(CommandError, match="there is no previous index to return to"):
        run("--rollback")

    run()
    run("--rollback")
    assert index.name == before


@pytest.fixture
def opensearch_unreachable(index: SearchIndex) -> Iterator[None]:
    """There is a previous index, and OpenSearch cannot be reached."""
    index.rebuild()
    with override_settings(OPENSEARCH_HOSTS=["http://127.0.0.1:1"]):
        client.sync_client.cache_clear()  # a process has one client for its life
        yield
    client.sync_client.cache_clear()


@pytest.mark.usefixtures("opensearch_unreachable")
@pytest.mark.parametrize(
    ("options", "step"), [((), "continue with --resume"), (("--rollback",), "run --rollback again")]
)
def test_error_without_opensearch_names_the_next_step(options: tuple[str, ...], step: str) -> None:
    with pytest.raises(CommandError, match=rf"does not answer.*The serving index is unchanged; {step}\."):
        run(*options)


def test_second_rebuild_is_refused_with_the_reason(index: SearchIndex) -> None:
    del index

    def other() -> None:
        with pytest.raises(CommandError, match="another reindex is running"):
            run()

    with reindex.rebuild_lock():
        in_threads(other)


@pytest.mark.parametrize("wrong", [("--workers", "0"), ("--keep", "-1"), ("--allow-refused", "-1")])
def test_invalid_options_are_refused(index: SearchIndex, wrong: tuple[str, str]) -> None:
    del index
    with pytest.raises(CommandError, match="--workers must be at least 1"):
        run(*wrong)


class Rebuild:
    """The command in a process of its own, on this test's database and index."""

    def __init__(self, *options: str) -> None:
        database = connection.settings_dict
        host = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        environment = {**os.environ, "DATABASE_URL": f"postgres://{host}/{database['NAME']}", "DEBUG": "true"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "reindex", *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_loading(self) -> PhysicalIndex:
        """Return when some products are loaded, but not all."""
        while self.process.poll() is None:
            building = PhysicalIndex.objects.filter(state=PhysicalIndex.State.BUILDING, loaded_to__gt=0).first()
            if building:
                return building
        raise AssertionError(self.process.communicate()[0])

    def end(self, with_signal: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(with_signal)
        output, _ = self.process.communicate(timeout=120)
        return self.process.returncode, output


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(("workers", "with_signal"), [(1, signal.SIGINT), (2, signal.SIGKILL)])
def test_stopped_rebuild_leaves_the_old_index_serving_and_can_be_resumed(
    index: SearchIndex, workers: int, with_signal: signal.Signals
) -> None:
    Product.objects.bulk_create(Product(sku=f"SKU {n}", name="Plain", price=1) for n in range(WORTH_FORKING + 1000))
    before = index.name
    rebuild = Rebuild("--workers", str(workers))
    building = rebuild.wait_until_loading()
    processes = psutil.Process(rebuild.process.pid).children()
    assert len(processes) == (workers if workers > 1 else 0)

    code, output = rebuild.end(with_signal)

    if with_signal is signal.SIGINT:
        assert (code, "continue with --resume" in output) == (130, True)
    eventually(lambda: all(map(has_ended, processes)))
    assert index.name == before
    assert PhysicalIndex.objects.get(state=PhysicalIndex.State.BUILDING).name == building.name
    finished, _ = Rebuild("--resume").process.communicate(timeout=120)
    assert f"resuming {building.name} after product" in finished
    assert index.name == building.name
    assert index.documents() == expected_documents()


def test_queries_of_a_load_grow_with_its_ranges_and_not_with_products(
    index: SearchIndex, django_assert_max_num_queries: Any
) -> None:
    """Loading threads have their own connections, so only the other queries are counted."""
    Product.objects.bulk_create(Product(sku=f"SKU {n}", name="Plain", price=1) for n in range(1500))
    index.sync()

    with django_assert_max_num_queries(40):
        index.rebuild()
