"""Hundreds of clients that send half a request, or do not read their responses."""

import pytest

from tests.faults.conftest import Trial, eventually
from tools.devstack.chaos.slow_clients import SENT, SlowClients

pytestmark = pytest.mark.faults

FAULT = "Hundreds of slow clients"
OK = 200
COUNT = 100  # of each kind
ROUNDS = 10
LIVE_SECONDS = 1.0
ALL_ANSWER = {"search": 200, "suggest": 200, "order": 201, "page": 200, "health": 200}


def test_slow_clients_cost_other_shoppers_nothing(patient: Trial) -> None:
    slow, idle = SlowClients(patient.system.web.url, COUNT), patient.searches()
    slow.begin()
    try:
        eventually(lambda: slow.connected == COUNT * len(SENT))
        answers = []
        for _ in range(ROUNDS):
            live = patient.system.shop.get("/health/live", {})
            assert (live.status, live.seconds < LIVE_SECONDS) == (200, True)
            patient.figures.record(FAULT, "live", live.seconds)
            answers.append(patient.request_everything())
        beside = patient.searches()
        stayed = slow.connected
    finally:
        slow.end()
    patient.record_bystander(FAULT, idle, beside)
    assert [patient.record(FAULT, each) for each in answers] == [ALL_ANSWER] * ROUNDS
    assert not any(each[kind].body["degraded"] for each in answers for kind in ("search", "suggest"))
    assert not any(response.status != OK or response.body["degraded"] for response in beside)
    assert stayed > COUNT, "the clients were there all the time"
