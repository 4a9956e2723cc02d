"""OpenSearch killed, hanging, slow, read-only, full, or without its index: searches are answered, orders are taken."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3

from tests.faults.conftest import Trial, eventually, paused

pytestmark = pytest.mark.faults

ALL_ANSWER = {"search": 200, "suggest": 200, "order": 201, "page": 200, "health": 200}


def test_killed(trial: Trial) -> None:
    opensearch = trial.system.stack.opensearch
    opensearch.kill()
    answers = trial.ask_everything()
    assert trial.note("OpenSearch killed", answers) == ALL_ANSWER
    assert [answers[name].body["degraded"] for name in ("search", "suggest")] == [True, True]
    assert "simpler mode" in answers["page"].body
    assert answers["health"].body["status"] == "degraded"
    product_id = trial.rename("Zephyrine lantern")
    opensearch.start()
    eventually(lambda: trial.finds("zephyrine", product_id))


def test_hanging(trial: Trial) -> None:
    with paused(trial.system.stack.opensearch):
        first = trial.ask_at_once()
        later = [trial.ask_everything() for _ in range(5)]
        product_id = trial.rename("Quixotic teapot")
    assert trial.note("OpenSearch hangs, first requests", first) == ALL_ANSWER
    assert [trial.note("OpenSearch hangs, later ones", answers) for answers in later] == [ALL_ANSWER] * 5
    assert later[-1]["search"].body["degraded"]
    eventually(lambda: trial.finds("quixotic", product_id))


def test_slow(trial: Trial) -> None:
    """It runs for a few milliseconds now and then, and each answer takes most of a second."""
    with stuttering(trial.system.stack.opensearch):
        answers = [trial.ask_everything() for _ in range(3)]
    assert [trial.note("OpenSearch slow", each) for each in answers] == [ALL_ANSWER] * 3


@contextmanager
def stuttering(service: Any) -> Iterator[None]:
    enough = threading.Event()

    def stutter() -> None:
        while not enough.wait(0.03):
            service.pause()
            enough.wait(0.7)
            service.resume()

    thread = threading.Thread(target=stutter)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


@pytest.mark.parametrize(
    ("fault", "block"),
    [
        ("OpenSearch read-only", "index.blocks.write"),
        ("OpenSearch's disk full", "index.blocks.read_only_allow_delete"),
    ],
)
def test_refusing_to_write(trial: Trial, fault: str, block: str) -> None:
    engine(trial, "PUT", "/_all/_settings", f'{{"{block}": true}}')
    product_id = trial.rename(f"Obsidian {time.monotonic_ns()}")
    answers = trial.ask_everything()
    assert trial.note(fault, answers) == ALL_ANSWER
    assert not answers["search"].body["degraded"], "it can still be searched"
    eventually(lambda: trial.system.books.value("SELECT max(attempts) FROM indexing_syncstate") > 0)
    engine(trial, "PUT", "/_all/_settings", f'{{"{block}": null}}')
    eventually(lambda: trial.finds("obsidian", product_id))


def test_index_deleted(trial: Trial) -> None:
    index, _ = serving(trial)
    engine(trial, "DELETE", f"/{index}")
    answers = trial.ask_everything()
    assert trial.note("Index deleted", answers) == ALL_ANSWER
    eventually(lambda: trial.system.shop.search(f"cable {time.monotonic_ns()}").body["degraded"] is False)


def test_alias_deleted(trial: Trial) -> None:
    index, alias = serving(trial)
    engine(trial, "DELETE", f"/{index}/_alias/{alias}")
    answers = trial.ask_everything()
    assert trial.note("Alias deleted", answers) == ALL_ANSWER
    eventually(lambda: trial.system.shop.search(f"cable {time.monotonic_ns()}").body["degraded"] is False)


def serving(trial: Trial) -> tuple[str, str]:
    """The index that searches are answered from, and its alias; a previous index has one of its own, for writes."""
    (found,) = (
        (row["index"], row["alias"])
        for row in engine(trial, "GET", "/_cat/aliases?format=json")
        if "product" in row["alias"] and "write" not in row["alias"]
    )
    return found


def engine(trial: Trial, method: str, path: str, body: str = "") -> Any:
    """A request to OpenSearch itself."""
    url = trial.system.stack.opensearch.nodes[0].url + path
    answer = urllib3.request(method, url, body=body or None, headers={"Content-Type": "application/json"})
    assert answer.status == 200, answer.data
    return answer.json()
