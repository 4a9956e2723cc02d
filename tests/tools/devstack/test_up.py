"""`./dev up` and `down` as a developer uses them, and every line of the README's tour in between."""

import json
import os
import random
import re
import signal
from collections.abc import Iterator

import psutil
import pytest

from tests.tools.devstack.conftest import Checkout, states, status
from tools.devstack.state import PORT_RANGE

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("devstack"), pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def up(checkout: Checkout) -> Iterator[str]:
    """The checkout, running; what the first start printed."""
    # Not the preferred port: a server of another test may take it while this web server is killed.
    started = checkout.dev("up", "--detach", "--port", str(random.choice(PORT_RANGE)))
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        yield started.stdout
    finally:
        checkout.dev("down")


def tour(checkout: Checkout) -> str:
    """The lines of the tour in the README."""
    found = re.search(r"```sh tour\n(.*?)```", (checkout.folder / "README.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def objects(printed: str) -> list[dict[str, object]]:
    """The JSON objects among the lines, in order."""
    return [json.loads(text) for text in re.findall(r"^\{.*?^\}", printed, re.DOTALL | re.MULTILINE)]


@pytest.mark.usefixtures("up")
def test_every_line_of_the_tour_works(checkout: Checkout) -> None:
    ran = checkout.shell(tour(checkout))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    search, suggest, there, order, again, rejected, orders, inventory, delivery = objects(ran.stdout)
    assert search["results"]
    assert not search["degraded"]
    assert suggest["suggestions"]
    assert all(hit["quantity"] > 0 for hit in there["results"])  # type: ignore[attr-defined]
    assert (order["status"], order) == ("CONFIRMED", again)
    assert (rejected["status"], rejected["order"]["status"]) == (409, "REJECTED")  # type: ignore[index]
    assert rejected["shortages"]
    assert order["id"] in [row["id"] for row in orders["results"]]  # type: ignore[attr-defined]
    assert "results" in inventory
    assert delivery["quantity"] == rejected["shortages"][0]["available"] + 12  # type: ignore[index]
    assert "\nTrue\n" in ran.stdout


def test_up_restarts_killed_processes_and_down_stops_all(checkout: Checkout, up: str) -> None:
    first = status(checkout)
    assert first["healthy"]
    assert f"Storefront      {first['url']}" in up
    assert first["staff_token"] in up

    for name in ("postgres", "opensearch", "worker", "web"):
        os.kill(first["processes"][name]["pid"], signal.SIGKILL)
    assert states(checkout) == {
        "postgres": "died",
        "redis": "running",
        "opensearch": "died",
        "web": "died",
        "worker": "died",
        "webhooks": "running",
        "indexer": "running",
        "beat": "running",
    }

    repeated = checkout.dev("up", "--detach")
    assert repeated.returncode == 0, repeated.stdout + repeated.stderr
    again = status(checkout)
    assert again["healthy"]
    same = ("url", "database_url", "redis_url", "opensearch_url", "staff_token", "customer_token")
    assert [again[name] for name in same] == [first[name] for name in same]
    assert "Already running" in checkout.dev("up", "--detach").stdout
    refused = checkout.dev("up", "--detach", "--port", "1")
    assert (refused.returncode, refused.stderr) == (
        1,
        "\nAlready running: --port would change nothing.\nNext step: ./dev down, then this command again.\n",
    )

    os.kill(again["processes"]["beat"]["pid"], signal.SIGKILL)
    refused = checkout.dev("up", "--detach", "--port", "1")
    assert refused.returncode == 1
    assert "The web server runs on port" in refused.stderr
    assert states(checkout)["web"] == "running"

    assert checkout.dev("down").stdout.startswith("Stopped: postgres, redis, opensearch, web")
    assert set(states(checkout).values()) == {"stopped"}
    assert not [process for process in psutil.process_iter() if belongs_to(checkout, process)]


def belongs_to(checkout: Checkout, process: psutil.Process) -> bool:
    try:
        return str(checkout.folder) in process.environ().get("DEVSTACK_PROCESS", "")
    except psutil.Error:
        return False
