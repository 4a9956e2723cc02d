"""Every line of the README's tour works."""

import json
import re

import pytest

from tests.tools.devstack.conftest import Checkout

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("devstack"), pytest.mark.timeout(1200)]


def tour(checkout: Checkout) -> str:
    """The lines of the tour in the README."""
    found = re.search(r"```sh tour\n(.*?)```", (checkout.folder / "README.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def objects(printed: str) -> list[dict[str, object]]:
    """The JSON objects among the lines, in order."""
    return [json.loads(text) for text in re.findall(r"^\{.*?^\}", printed, re.DOTALL | re.MULTILINE)]


def test_every_line_of_the_tour_works(checkout: Checkout) -> None:
    up = checkout.dev("up", "--detach")
    assert up.returncode == 0, up.stdout + up.stderr

    try:
        ran = checkout.shell(tour(checkout))
    finally:
        checkout.dev("down")

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
