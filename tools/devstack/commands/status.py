"""`./dev status`: what runs, where, and how healthy. Exit code 0 when everything is healthy, else 1."""

import argparse
import json
import shlex
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict

from tools.devstack.console import say
from tools.devstack.project import Project
from tools.devstack.services import Service


class ProcessStatus(TypedDict):
    state: str
    healthy: bool
    pid: int | None
    log: str


class Status(TypedDict):
    """What `--json` prints."""

    healthy: bool
    url: str
    opensearch_url: str
    database_url: str
    redis_url: str
    staff_token: str | None
    customer_token: str | None
    processes: dict[str, ProcessStatus]
    external: dict[str, bool]


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev status", description="What runs, where, and how healthy.")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one JSON object")
    shape.add_argument("--env", action="store_true", help='print shell variables: eval "$(./dev status --env)"')
    options = parser.parse_args(arguments)
    status = status_of(Project.of_checkout())
    say(json.dumps(status, indent=2) if options.json else _variables(status) if options.env else _table(status))
    return 0 if status["healthy"] else 1


def status_of(project: Project) -> Status:
    processes = project.processes
    with ThreadPoolExecutor(len(processes)) as pool:
        rows = dict(zip([one.name for one in processes], pool.map(_process_status, processes), strict=True))
    answers = project.stack.answers() if project.stack.external else {}
    external = {variable: answers[variable] for variable in project.stack.external}
    access, addresses = project.access(), project.stack.environment()
    return {
        "healthy": all(row["healthy"] for row in rows.values()) and all(external.values()),
        "url": project.web.url,
        "opensearch_url": addresses["OPENSEARCH_URL"],
        "database_url": addresses["DATABASE_URL"],
        "redis_url": addresses["REDIS_URL"],
        "staff_token": access.get("staff_token"),
        "customer_token": access.get("customer_token"),
        "processes": rows,
        "external": external,
    }


def _process_status(service: Service) -> ProcessStatus:
    return {
        "state": _state(service),
        "healthy": service.running and service.answers(),
        "pid": service.process.pid,
        "log": str(service.process.log),
    }


def _state(service: Service) -> str:
    if service.process.paused:
        return "paused"
    if service.running:
        return "running"
    return "died" if service.process.died else "stopped"


def _variables(status: Status) -> str:
    values = {
        "URL": status["url"].rstrip("/"),
        "STAFF_TOKEN": status["staff_token"],
        "CUSTOMER_TOKEN": status["customer_token"],
    }
    return "\n".join(f"export {name}={shlex.quote(value or '')}" for name, value in values.items())


def _table(status: Status) -> str:
    rows = [
        f"  {name:<14} {row['state']:<8} {'healthy' if row['healthy'] else 'NOT HEALTHY':<12} {row['pid'] or ''}"
        for name, row in status["processes"].items()
    ]
    rows += [f"  {name:<14} {'healthy' if fine else 'NOT HEALTHY'}" for name, fine in status["external"].items()]
    return "\n".join([f"Web: {status['url']}", *rows])
