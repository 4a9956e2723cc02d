"""Hundreds of cursors from one address, beside a shopper who searches."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from tests.faults.conftest import Trial
from tools.devstack.chaos.shop import Response, Shop

pytestmark = pytest.mark.faults

CURSORS, HANDS = 320, 4  # more than the 300 views that one node of OpenSearch has room for
BUDGET = 10  # SEARCH_CURSORS


def test_flood_of_cursors_degrades_no_search(patient: Trial) -> None:
    idle = patient.searches()
    with ThreadPoolExecutor(HANDS) as hands:
        flood = [hands.submit(open_cursor, patient) for _ in range(CURSORS)]
        beside = patient.searches()
        statuses = [opened.result() for opened in flood]
    after = patient.searches()
    patient.record_bystander("Flood of cursors", idle, beside)
    assert degraded(idle + beside + after) == 0
    assert (statuses.count(200), statuses.count(429)) == (BUDGET, CURSORS - BUDGET)


def test_engine_without_room_for_cursors_degrades_no_search(patient: Trial) -> None:
    """As when many addresses have cursors open: everybody's next one is refused, and nothing else."""
    node = patient.system.stack.opensearch.nodes[0].url
    opened = []
    while (view := urllib3.request("POST", f"{node}/_all/_search/point_in_time?keep_alive=2m")).status == 200:
        opened.append(view.json()["pit_id"])
    try:
        statuses = [open_cursor(patient) for _ in range(5)]
        assert (view.status, statuses) == (429, [429] * 5)
        assert degraded(patient.searches()) == 0
    finally:
        body = {"pit_id": opened}
        assert urllib3.request("DELETE", f"{node}/_search/point_in_time", json=body).status == 200


def open_cursor(trial: Trial) -> int:
    """The status of a second page, for which the engine has to hold something."""
    shop = Shop(trial.system.web.url)
    first = shop.search("", cursor="", page_size=1).body
    (cursor,) = parse_qs(urlsplit(first["next"]).query)["cursor"]
    return shop.search("", cursor=cursor, page_size=1).status


def degraded(responses: list[Response]) -> int:
    return sum(response.status != 200 or response.body["degraded"] for response in responses)
