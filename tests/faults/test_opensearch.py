"""OpenSearch killed, hanging, slow, read-only, full, or without its index."""

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


def test_killed_opensearch_degrades_searches_only(trial: Trial) -> None:
    opensearch = trial.system.stack.opensearch
    opensearch.kill()
    answers = trial.request_everything()
    several = trial.system.shop.search_several(
        {"q": "cable"}, {"q": "cable", "page": 0}, {"kind": "suggestions", "q": "cab"}
    )
    assert trial.record("OpenSearch killed", answers) == ALL_ANSWER
    assert [one["status"] for one in several.body["results"]] == [200, 400, 200]
    assert [answers[name].body["degraded"] for name in ("search", "suggest")] == [True, True]
    assert "simpler mode" in answers["page"].body
    assert answers["health"].body["status"] == "degraded"
    product_id = trial.rename("Zephyrine lantern")
    opensearch.start()
    eventually(lambda: trial.finds("zephyrine", product_id))


def test_hanging_opensearch_degrades_searches_only(trial: Trial) -> None:
    with paused(trial.system.stack.opensearch):
        first = trial.request_at_once()
        later = [trial.request_everything() for _ in range(5)]
        product_id = trial.rename("Quixotic teapot")
    assert trial.record("OpenSearch hangs, first requests", first) == ALL_ANSWER
    assert [trial.record("OpenSearch hangs, later ones", answers) for answers in later] == [ALL_ANSWER] * 5
    assert later[-1]["search"].body["degraded"]
    eventually(lambda: trial.finds("quixotic", product_id))


def test_slow_opensearch_fails_no_request(trial: Trial) -> None:
    """OpenSearch is paused most of the time, so that a response takes most of a second."""
    with stuttering(trial.system.stack.opensearch):
        answers = [trial.request_everything() for _ in range(3)]
    assert [trial.record("OpenSearch slow", each) for each in answers] == [ALL_ANSWER] * 3


@contextmanager
def stuttering(service: Any) -> Iterator[None]:
    stop = threading.Event()

    def stutter() -> None:
        while not stop.wait(0.03):
            service.pause()
            stop.wait(0.7)
            service.resume()

    thread = threading.Thread(target=stutter)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("fault", "block"),
    [
        ("OpenSearch read-only", "index.blocks.write"),
        ("OpenSearch's disk full", "index.blocks.read_only_allow_delete"),
    ],
)
def test_opensearch_that_refuses_writes_still_serves_searches(trial: Trial, fault: str, block: str) -> None:
    engine(trial, "PUT", "/_all/_settings", f'{{"{block}": true}}')
    product_id = trial.rename(f"Obsidian {time.monotonic_ns()}")
    answers = trial.request_everything()
    assert trial.record(fault, answers) == ALL_ANSWER
    assert not answers["search"].body["degraded"], "the index can still be searched"
    eventually(lambda: trial.system.audit.value("SELECT max(attempts) FROM indexing_syncstate") > 0)
    engine(trial, "PUT", "/_all/_settings", f'{{"{block}": null}}')
    eventually(lambda: trial.finds("obsidian", product_id))


def test_deleted_index_is_rebuilt(trial: Trial) -> None:
    index, _ = serving(trial)
    engine(trial, "DELETE", f"/{index}")
    answers = trial.request_everything()
    assert trial.record("Index deleted", answers) == ALL_ANSWER
    eventually(lambda: trial.system.shop.search(f"cable {time.monotonic_ns()}").body["degraded"] is False)


def test_deleted_alias_is_restored(trial: Trial) -> None:
    index, alias = serving(trial)
    engine(trial, "DELETE", f"/{index}/_alias/{alias}")
    answers = trial.request_everything()
    assert trial.record("Alias deleted", answers) == ALL_ANSWER
    eventually(lambda: trial.system.shop.search(f"cable {time.monotonic_ns()}").body["degraded"] is False)


def serving(trial: Trial) -> tuple[str, str]:
    """The index that serves searches, and its alias. The previous index has one for writes."""
    (found,) = (
        (row["index"], row["alias"])
        for row in engine(trial, "GET", "/_cat/aliases?format=json")
        if "product" in row["alias"] and "write" not in row["alias"]
    )
    return found


def engine(trial: Trial, method: str, path: str, body: str = "") -> Any:
    """Send a request to OpenSearch itself."""
    url = trial.system.stack.opensearch.nodes[0].url + path
    answer = urllib3.request(method, url, body=body or None, headers={"Content-Type": "application/json"})
    assert answer.status == 200, answer.data
    return answer.json()
