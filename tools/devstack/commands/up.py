"""`./dev up`: from nothing to a running, filled, healthy project."""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from foundation.exit_codes import ROWS_SKIPPED
from tools.devstack.console import complain, say
from tools.devstack.errors import DevstackError
from tools.devstack.interrupts import held_off
from tools.devstack.management import Call
from tools.devstack.project import Project
from tools.devstack.services import Service
from tools.devstack.state import CHECKOUT, write_private
from tools.devstack.static_files import StaticFiles

WATCH_SECONDS = 0.5
HIGHEST_PORT = 65_535


def run(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    project = Project.of_checkout(opensearch_nodes=options.opensearch_nodes)
    with project.state.lock():
        if _is_up(project):
            _refuse_what_comes_too_late(project, options)
            say("Already running; ./dev down stops it.\n")
            say(summary(project))
            return 0
        try:
            _bring_up(project, options)
        except BaseException:
            say("\nStopping what was started ...")
            with held_off():
                project.stop()
            raise
    say(summary(project))
    return 0 if options.detach else _stay(project)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("./dev up", description="Start everything and print where it is.")
    parser.add_argument("--detach", action="store_true", help="return once everything is healthy")
    parser.add_argument(
        "--catalogue", type=_file, help="CSV of products to load instead of the demo catalogue; their stock is made up"
    )
    parser.add_argument("--stores", type=_file, help="CSV of stores, with --catalogue")
    parser.add_argument("--no-stock", action="store_true", help="make up no stock for --catalogue")
    parser.add_argument("--opensearch-nodes", type=_nodes, metavar="N", help="run a cluster of N nodes (default 1)")
    parser.add_argument("--port", type=_port, help="port of the web server (default 8000, or a free one)")
    return parser


def _file(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to {HIGHEST_PORT}")
    return int(text)


def _nodes(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def _refuse_what_comes_too_late(project: Project, options: argparse.Namespace) -> None:
    """What runs is left as it is; an option that asks for something else must not seem to have been heard."""
    late = {
        "--catalogue": options.catalogue or options.stores or options.no_stock,
        "--opensearch-nodes": project.grows_or_shrinks,
        "--port": options.port and options.port != project.state.port(project.web.name),
    }
    if asked := [option for option, differs in late.items() if differs]:
        raise DevstackError(
            f"Already running: {' and '.join(asked)} would change nothing.", "./dev down, then this command again."
        )


def _is_up(project: Project) -> bool:
    return all(process.running for process in project.processes) and project.web.answers()


def _bring_up(project: Project, options: argparse.Namespace) -> None:
    if (options.catalogue is None) != (options.stores is None):
        raise DevstackError("--catalogue and --stores go together.", "Give both files, or neither.")
    if options.no_stock and options.catalogue is None:
        raise DevstackError("--no-stock is for --catalogue: the demo catalogue comes with its stock.", "Leave it out.")
    if not project.state.folder.is_relative_to(CHECKOUT):
        say(f"This folder is closed to the user that the services run as: their data lives in {project.state.folder}.")
    grown = project.grows_or_shrinks
    if grown:
        # Its processes know the addresses of the nodes that there were when they were started.
        project.stop_application()
    if options.port and not project.web.running:
        project.web.process.clear()
        project.take_web_port(options.port)
    _start_services(project)
    _step("Tables and catalogue", lambda: project.manage(*_fill_database(options)))
    project.stack.wait_ready()
    if grown and "OPENSEARCH_URL" in project.stack.embedded:
        project.stack.opensearch.replicate(int(project.environment["INDEX_REPLICAS"]))
    _step("Search index, static files, demo access", lambda: _prepare_site(project))
    if not project.web.running:
        project.web.process.clear()
        project.settle_web_port()
    _step("Web server, workers, beat", lambda: _start_all(project.application))


def _start_services(project: Project) -> None:
    def start() -> None:
        project.stack.launch()
        # OpenSearch takes the longest; tables and catalogue are made meanwhile.
        if "DATABASE_URL" in project.stack.embedded:
            project.stack.postgres.wait_ready()
        if "REDIS_URL" in project.stack.embedded:
            project.stack.redis.wait_ready()
        _check_external(project)

    _step("PostgreSQL, Redis, OpenSearch", start)


def _check_external(project: Project) -> None:
    answers = project.stack.answers() if project.stack.external else {}
    for variable, address in project.stack.external.items():
        if not answers[variable]:
            raise DevstackError(
                f"Nothing healthy answers at {variable}={address}.",
                f"Start that service, or unset {variable} to use the embedded one.",
            )


def _fill_database(options: argparse.Namespace) -> list[Call]:
    migrate: Call = {"arguments": ["migrate", "--verbosity", "0"]}
    if options.catalogue is None:
        return [migrate, {"arguments": ["seed_demo", "--if-empty"]}]
    files = ["--products", str(options.catalogue), "--stores", str(options.stores)]
    catalogue: Call = {"arguments": ["import_catalogue", *files], "fine": ROWS_SKIPPED}
    stock: list[Call] = [] if options.no_stock else [{"arguments": ["seed_demo", "--stock-only"]}]
    return [migrate, catalogue, *stock]


def _prepare_site(project: Project) -> None:
    static_files = StaticFiles(project.state)
    collect: list[Call] = [{"arguments": ["collectstatic", "--noinput", "--clear", "--verbosity", "0"]}]
    write_private(project.access_file, "")
    project.manage(
        {"arguments": ["reindex", "--if-needed"]},
        *([] if static_files.current else collect),
        {"arguments": ["demo_access", "--json"], "output": str(project.access_file)},
    )
    static_files.remember()


def _start_all(processes: list[Service]) -> None:
    for process in processes:
        process.launch()
    with ThreadPoolExecutor(len(processes)) as pool:
        list(pool.map(Service.wait_ready, processes))


def _step(name: str, work: Callable[[], None]) -> None:
    say(f"{name} ...")
    began = time.monotonic()
    work()
    say(f"  done in {time.monotonic() - began:.1f} s")


def summary(project: Project) -> str:
    """Where everything is, and how to sign in."""
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
    call = f'  curl -H "Authorization: Token {access.get("customer_token")}" "{url}search/products/?q=wireless"'
    return "\n".join(["", "Everything is healthy.", "", *lines, "", "Try:", call, ""])


def _stay(project: Project) -> int:
    """Watch until Ctrl-C, then stop everything. A process that dies is reported; the others go on without it."""
    say("Ctrl-C stops everything.")
    try:
        _watch(project)
    except KeyboardInterrupt:
        say("\nStopping ...")
        with held_off(), project.state.lock():
            project.stop()
        say("Stopped.")
    return 0


def _watch(project: Project) -> None:
    """Return when nothing runs any more: `./dev down` was used somewhere else."""
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
