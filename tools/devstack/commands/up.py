"""`./dev up`: from nothing to a running, filled, healthy project."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from foundation.exit_codes import ROWS_SKIPPED
from tools.devstack.arguments import existing_file
from tools.devstack.console import complain, say, step
from tools.devstack.errors import DevstackError
from tools.devstack.interrupts import held_off
from tools.devstack.management import Call
from tools.devstack.project import Project
from tools.devstack.services import start_together
from tools.devstack.services.health import fetch_json
from tools.devstack.state import CHECKOUT, write_private
from tools.devstack.static_files import StaticFiles

WATCH_SECONDS = 0.5
WARM_UP_SECONDS = 20.0
# Misspelt, so that requests of every kind are sent. The search log has no second pages.
FIRST_SEARCHES = ("search/products/?q=wireles+keybord&page=2", "search/suggest/?q=keybo")
HIGHEST_PORT = 65_535


def run(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    project = Project.of_checkout(opensearch_nodes=options.opensearch_nodes)
    _refuse_options_without_their_files(options)
    with project.state.lock():
        if all(process.running for process in project.processes) and project.web.answers():
            _refuse_options_without_effect(project, options)
            say(f"Already running; ./dev down stops it.\n\n{summary(project)}")
            return 0
        _refuse_port_of_running_web_server(project, options)
        try:
            _bring_up(project, options)
        except BaseException:
            with held_off():
                say("\nStopping what was started ...")
                project.stop()
            raise
    say(summary(project))
    if options.detach:
        return 0
    say("Ctrl-C stops everything.")
    try:
        _watch(project)
    except KeyboardInterrupt:
        with held_off():
            say("\nStopping ...")
            with project.state.lock():
                project.stop()
            say("Stopped.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("./dev up", description="Start everything and print the addresses.")
    parser.add_argument("--detach", action="store_true", help="return once everything is healthy")
    parser.add_argument(
        "--catalogue",
        type=existing_file,
        nargs="+",
        action="extend",
        metavar="FILE",
        help="products to load (CSV, Excel, JSON; later files add to earlier ones), with invented stores and stock; "
        "./dev reset first removes what is loaded",
    )
    parser.add_argument(
        "--stores", type=existing_file, metavar="FILE", help="stores to load with --catalogue, instead of invented ones"
    )
    parser.add_argument("--no-stock", action="store_true", help="invent no stock for --catalogue and --stores")
    nodes = _whole_number("a number from 1")
    parser.add_argument("--opensearch-nodes", type=nodes, metavar="N", help="run a cluster of N nodes (default 1)")
    port = _whole_number(f"a port from 1 to {HIGHEST_PORT}", highest=HIGHEST_PORT)
    parser.add_argument("--port", type=port, metavar="N", help="port of the web server (default 8000, or a free one)")
    return parser


def _whole_number(description: str, *, highest: float = float("inf")) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not 0 < int(text) <= highest:
            raise argparse.ArgumentTypeError(f"{text!r} is not {description}")
        return int(text)

    return parse


def _refuse_options_without_effect(project: Project, options: argparse.Namespace) -> None:
    """A running stack stays as it is, so an option that asks for something else is refused."""
    without_effect = {
        "--catalogue": options.catalogue or options.stores or options.no_stock,
        "--opensearch-nodes": project.changes_node_count,
        "--port": options.port and options.port != project.state.port(project.web.name),
    }
    if refused := [option for option, given in without_effect.items() if given]:
        raise DevstackError(
            f"Already running: {' and '.join(refused)} would change nothing.", "./dev down, then this command again."
        )


def _refuse_port_of_running_web_server(project: Project, options: argparse.Namespace) -> None:
    # With another number of nodes it is started again.
    if options.port and project.web.running and not project.changes_node_count:
        port = project.state.port(project.web.name)
        if options.port != port:
            raise DevstackError(f"The web server runs on port {port}.", "./dev down, then this command again.")


def _refuse_options_without_their_files(options: argparse.Namespace) -> None:
    if options.stores and options.catalogue is None:
        raise DevstackError("--stores is for --catalogue: the demo catalogue has stores.", "Add --catalogue FILE.")
    if options.no_stock and options.catalogue is None:
        raise DevstackError("--no-stock is for --catalogue: the demo catalogue comes with its stock.", "Leave it out.")
    if options.no_stock and not options.stores:
        raise DevstackError("--no-stock is for --stores: invented stores come with their stock.", "Add --stores FILE.")


def _bring_up(project: Project, options: argparse.Namespace) -> None:
    stack = project.stack
    if not project.state.folder.is_relative_to(CHECKOUT):
        say(f"The services run as a user that cannot read this folder: their data is in {project.state.folder}.")
    changes_node_count = project.changes_node_count
    if changes_node_count:
        # The running processes know the addresses of the earlier nodes only.
        project.stop_application()
    if options.port and not project.web.running:
        project.web.process.clear()
        project.take_web_port(options.port)
    with step("PostgreSQL, Redis, OpenSearch"):
        stack.launch()
        # OpenSearch takes the longest; tables and catalogue are made meanwhile.
        for variable in ("DATABASE_URL", "REDIS_URL"):
            if variable in stack.embedded:
                stack.embedded[variable].wait_ready()
        _check_external(project)
    with step("Tables and catalogue"):
        project.manage(*_catalogue_commands(options))
    stack.wait_ready()
    if changes_node_count and "OPENSEARCH_URL" in stack.embedded:
        stack.opensearch.replicate(int(project.environment["SEARCH_REPLICAS"]))
    with step("Search index, static files, demo access"):
        static_files = StaticFiles(project.state)
        collect: Call = {"arguments": ["collectstatic", "--noinput", "--clear", "--verbosity", "0"]}
        current = _set_access_aside(project)
        project.manage(
            {"arguments": ["reindex", "--if-needed"]},
            *([] if static_files.current else [collect]),
            {"arguments": ["demo_access", "--json", "--current", str(current)], "output": str(project.access_file)},
        )
        current.unlink(missing_ok=True)
        static_files.remember()
    if not project.web.running:
        project.web.process.clear()
        project.settle_web_port()
    with step("Web server, workers, beat"):
        start_together(project.application)
    with step("First searches"):
        _warm_up(project)


def _warm_up(project: Project) -> None:
    """Search until OpenSearch answers in time: at first it compiles its code, and takes longer than a search may."""
    end = time.monotonic() + WARM_UP_SECONDS
    for path in FIRST_SEARCHES:
        degraded: object = True
        while degraded and time.monotonic() < end:
            try:
                degraded = fetch_json(f"{project.web.url}{path}")["degraded"]
            except (OSError, ValueError):
                time.sleep(WATCH_SECONDS)


def _check_external(project: Project) -> None:
    answers = project.stack.answers() if project.stack.external else {}
    for variable, address in project.stack.external.items():
        if not answers[variable]:
            raise DevstackError(
                f"Nothing healthy answers at {variable}={address}.",
                f"Start that service, or unset {variable} to use the embedded one.",
            )


def _catalogue_commands(options: argparse.Namespace) -> list[Call]:
    migrate: Call = {"arguments": ["migrate", "--verbosity", "0"]}
    if options.catalogue is None:
        return [migrate, {"arguments": ["seed_demo", "--if-empty"]}]
    files = [argument for file in options.catalogue for argument in ("--products", str(file))]
    files += ["--stores", str(options.stores)] if options.stores else []
    catalogue: Call = {"arguments": ["import_catalogue", *files], "fine": ROWS_SKIPPED}
    stock: list[Call] = [] if options.no_stock else [{"arguments": ["seed_demo", "--stock-only"]}]
    return [migrate, catalogue, *stock]


def _set_access_aside(project: Project) -> Path:
    """Empty the file of the demo access, so that it is private from the start; where its last text is now."""
    current = project.access_file.with_suffix(".current.json")
    if project.access():
        project.access_file.replace(current)
    write_private(project.access_file, "")
    return current


def summary(project: Project) -> str:
    """The addresses, the demo logins, and a request to try."""
    access, url = project.access(), project.web.url
    rows = {
        "Storefront": url,
        "API": f"{url}docs/",
        "Admin": f"{url}admin/",
        "Staff login": f"{access.get('staff_login')} / {access.get('staff_password')}",
        "Staff token": access.get("staff_token", ""),
        "Customer login": f"{access.get('customer_login')} / {access.get('customer_password')}",
        "Customer token": access.get("customer_token", ""),
        "OpenSearch": project.environment["OPENSEARCH_URL"],
        "PostgreSQL": project.environment["DATABASE_URL"],
        "Redis": project.environment["REDIS_URL"],
        "Logs": str(project.state.logs),
    }
    lines = [f"  {name:<15} {value}" for name, value in rows.items()]
    call = f'  curl -H "Authorization: Bearer {access.get("customer_token")}" "{url}search/products/?q=wireless"'
    return "\n".join(["", "Everything is healthy.", "", *lines, "", "Try:", call, ""])


def _watch(project: Project) -> None:
    """Report processes that die. Return when none runs, as after `./dev down` elsewhere."""
    reported: set[str] = set()
    while any(process.running for process in project.processes):
        for process in project.processes:
            if process.running:
                reported.discard(process.name)
            elif process.process.died and process.name not in reported:
                reported.add(process.name)
                complain(f"\n{process.name} has died. Last lines of its log:\n{process.process.log_tail()}")
                complain(f"Next step: ./dev start {process.name} in another terminal, or Ctrl-C and ./dev up again.")
        time.sleep(WATCH_SECONDS)
    say("Everything was stopped.")
