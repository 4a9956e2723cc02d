"""`./dev` as a developer uses it, in a copy of the project in a folder with a space in its name."""

import socket
from pathlib import Path

import pytest

from tests.tools.devstack.conftest import Checkout, states

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("devstack"), pytest.mark.timeout(1200)]


def test_down_of_a_checkout_that_was_never_started_stops_nothing(checkout: Checkout) -> None:
    assert checkout.dev("down").stdout == "Nothing was running.\n"


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


def test_reset_leaves_the_services_of_running_tests(checkout: Checkout) -> None:
    script = """
        coproc RUN { .venv/bin/python -c 'from tools.devstack.state import State
print(State.throwaway().folder, flush=True)
input()'; }
        read -r folder <&"${RUN[0]}"
        ./dev reset --yes 2>&1 || echo refused
        test -d "$folder" && echo there
        echo >&"${RUN[1]}"
        wait "$RUN_PID"
    """
    shown = checkout.shell(script)

    assert shown.returncode == 0, shown.stderr
    assert "Tests are running on services of this checkout: run-" in shown.stdout
    assert shown.stdout.endswith("refused\nthere\n")


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


def test_a_catalogue_without_stock_needs_its_stores(checkout: Checkout, tmp_path: Path) -> None:
    """Only invented stock brings invented stores, and real stock has no row for those."""
    file = tmp_path / "products.csv"
    file.write_text("sku,name,price\nL-1,Lamp,10\n")
    refused = checkout.dev("up", "--detach", "--catalogue", str(file), "--no-stock")

    assert refused.returncode == 1
    assert refused.stderr.startswith("\n--no-stock is for --stores: invented stores come with their stock.\n")
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
