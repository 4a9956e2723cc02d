"""`./dev` as a developer uses it, in a copy of the project in a folder with a space in its name."""

import json
import os
import random
import signal
import socket
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.tools.devstack.conftest import Checkout
from tools.devstack.state import PORT_RANGE

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("devstack"), pytest.mark.timeout(1200)]


def status(checkout: Checkout) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(checkout.dev("status", "--json").stdout)
    return loaded


def states(checkout: Checkout) -> dict[str, str]:
    return {name: process["state"] for name, process in status(checkout)["processes"].items()}


def test_down_of_a_checkout_that_was_never_started_stops_nothing(checkout: Checkout) -> None:
    assert checkout.dev("down").stdout == "Nothing was running.\n"


def test_up_restarts_killed_processes_and_down_stops_all(checkout: Checkout) -> None:
    # Not the preferred port: a server of another test may take it while this web server is killed.
    up = checkout.dev("up", "--detach", "--port", str(random.choice(PORT_RANGE)))
    assert up.returncode == 0, up.stdout + up.stderr
    first = status(checkout)
    assert first["healthy"]
    assert f"Storefront      {first['url']}" in up.stdout
    assert first["staff_token"] in up.stdout

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

    up = checkout.dev("up", "--detach")
    assert up.returncode == 0, up.stdout + up.stderr
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

    assert checkout.dev("down").stdout.startswith("Stopped: postgres, redis, opensearch, web")
    assert set(states(checkout).values()) == {"stopped"}
    assert not [process for process in psutil.process_iter() if belongs_to(checkout, process)]


def belongs_to(checkout: Checkout, process: psutil.Process) -> bool:
    try:
        return str(checkout.folder) in process.environ().get("DEVSTACK_PROCESS", "")
    except psutil.Error:
        return False


def test_a_web_port_in_use_is_refused_before_anything_is_started(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = checkout.dev("up", "--detach", "--port", str(port))

    assert refused.returncode == 1
    assert f"Port {port} is taken by another program." in refused.stderr
    assert "Next step: Stop that program, or leave out --port" in refused.stderr
    assert set(states(checkout).values()) == {"stopped"}


def test_an_external_service_that_does_not_answer_is_named(checkout: Checkout) -> None:
    refused = checkout.dev("up", "--detach", REDIS_URL="redis://127.0.0.1:1/0")

    assert refused.returncode == 1
    assert "Nothing healthy answers at REDIS_URL=redis://127.0.0.1:1/0." in refused.stderr
    assert states(checkout)["postgres"] == "stopped"


def test_help_lists_the_commands(checkout: Checkout) -> None:
    shown = checkout.dev("help")

    listed = {line.split()[0] for line in shown.stdout.splitlines() if line.startswith("  ")}
    assert {"up", "down", "status", "test", "lint", "shell", "bench", "chaos"} <= listed


def test_help_of_the_tests_starts_no_services(checkout: Checkout) -> None:
    shown = checkout.dev("test", "--help")

    assert "--keep" in shown.stdout
    assert "Starting" not in shown.stdout


def test_an_unknown_command_is_named(checkout: Checkout) -> None:
    refused = checkout.dev("upp")

    assert refused.returncode == 1
    assert refused.stderr == "\nThere is no command 'upp'.\nNext step: ./dev help lists the commands.\n"


def test_a_missing_catalogue_file_is_refused_before_anything_is_started(checkout: Checkout) -> None:
    refused = checkout.dev("up", "--catalogue", "nowhere.csv", "--stores", "nowhere.csv")

    assert refused.returncode == 2
    assert refused.stderr.endswith("error: argument --catalogue: there is no file nowhere.csv\n")


def test_a_demo_catalogue_without_stock_is_refused_before_anything_is_started(checkout: Checkout) -> None:
    refused = checkout.dev("up", "--detach", "--no-stock")

    assert refused.returncode == 1
    assert refused.stderr.startswith("\n--no-stock is for --catalogue: the demo catalogue comes with its stock.\n")
    assert set(states(checkout).values()) == {"stopped"}


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--port", "99999", "'99999' is not a port from 1 to 65535"),
        ("--port", "web", "'web' is not a port from 1 to 65535"),
        ("--opensearch-nodes", "0", "'0' is not a number from 1"),
    ],
)
def test_an_invalid_number_is_refused_before_anything_is_started(
    checkout: Checkout, option: str, value: str, reason: str
) -> None:
    refused = checkout.dev("up", option, value)

    assert refused.returncode == 2
    assert refused.stderr.endswith(f"error: argument {option}: {reason}\n")


def test_without_python_the_error_says_what_to_install(checkout: Checkout, tmp_path: Path) -> None:
    (checkout.folder / ".venv").unlink()
    for name in ("dirname", "cat"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")

    try:
        refused = checkout.dev("help", PATH=str(tmp_path))
    finally:
        checkout.link_requirements()

    assert refused.returncode == 1
    assert refused.stderr.startswith("No Python 3.11 or newer was found.\nNext step: install one")
