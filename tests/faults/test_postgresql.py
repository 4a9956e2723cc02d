"""PostgreSQL, the only service that is required: restarted, hanging, out of connections."""

import threading
from collections import Counter
from contextlib import ExitStack, closing
from typing import Any

import psycopg2
import pytest

from tests.faults.conftest import Trial, eventually, paused
from tools.devstack.chaos.shop import NO_ANSWER, Shop

pytestmark = pytest.mark.faults


def test_restart_under_load_loses_no_order(trial: Trial) -> None:
    """Requests during the restart get 503; later ones are served over new connections."""
    seen: Counter[int] = Counter()
    stop = threading.Event()

    def shopper() -> None:
        shop = Shop(trial.system.web.url)
        while not stop.is_set():
            answer = shop.order(trial.store, {trial.products[0]: 1})
            seen[answer.status] += 1
            if answer.status == 201:
                trial.acknowledged[answer.body["id"]] = answer.body["status"]

    shoppers = [threading.Thread(target=shopper) for _ in range(4)]
    for thread in shoppers:
        thread.start()
    eventually(lambda: seen[201] >= 20)
    trial.system.stack.postgres.restart()
    before = seen[201]
    eventually(lambda: seen[201] >= before + 20)
    stop.set()
    for thread in shoppers:
        thread.join()
    assert set(seen) <= {201, 503}


def test_hanging_postgresql_makes_the_service_unavailable_but_live(trial: Trial) -> None:
    with paused(trial.system.stack.postgres):
        health = trial.system.shop.health()
        live = trial.system.shop.get("/health/live", {})
    trial.record("PostgreSQL hangs", {"health": health})
    assert (health.status, health.body["status"], live.status) == (503, "unavailable", 200)


def test_only_those_of_several_searches_that_need_postgresql_fail_without_it(trial: Trial) -> None:
    shop, servers = Shop(trial.system.web.url), (trial.system.standby, trial.system.stack.postgres)
    in_store: dict[str, Any] = {"q": "cable", "store_id": trial.store}
    searches: list[dict[str, Any]] = [
        in_store,
        {"q": "cable"},
        {"kind": "suggestions", "q": "cab"},
        {"q": "cable", "page": 0},
    ]
    # Not in the cache, and without labels of attributes, which come from PostgreSQL every ten seconds.
    fresh = {"q": "cable", "page_size": 3, "facets": "none", "interpret": "off"}
    trial.request_at_once()  # every web process has read the synonyms by now
    eventually(
        lambda: [one["status"] for one in shop.search_several(*searches).body["results"]] == [200, 200, 200, 400]
    )
    for server in servers:
        server.kill()
    try:
        several = shop.search_several(*searches, fresh, in_store | fresh)
    finally:
        for server in reversed(servers):
            server.start()
    results = several.body["results"]
    assert [one["status"] for one in results] == [503, 200, 200, 400, 200, 503]
    assert {results[place]["problem"]["type"] for place in (0, 5)} == {"/problems/database-unavailable"}
    assert trial.record("PostgreSQL killed", {"several searches": several}) == {"several searches": 200}
    eventually(lambda: trial.order().status == 201)


def test_postgresql_without_free_connections_answers_503(trial: Trial) -> None:
    """Open connections still work; a new one is refused, until there is a free one again."""
    with ExitStack() as taken:
        take_every_connection(trial, taken)
        statuses = {trial.order().status for _ in range(10)}
        assert statuses <= {201, 503}
        assert NO_ANSWER not in statuses
    eventually(lambda: trial.order().status == 201)


def take_every_connection(trial: Trial, taken: ExitStack) -> None:
    url = trial.system.stack.postgres.url
    while True:
        try:
            taken.enter_context(closing(psycopg2.connect(url)))
        except psycopg2.OperationalError:
            return
