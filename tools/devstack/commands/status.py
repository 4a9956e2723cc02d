"""`./dev status`: what runs, where, and whether it is healthy. Exit code 1 if anything is not."""

import argparse
import json
import shlex
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tools.devstack.console import say
from tools.devstack.project import Project
from tools.devstack.services import Service


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev status", description="What runs, where, and whether it is healthy.")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one JSON object")
    shape.add_argument("--env", action="store_true", help='print shell variables: eval "$(./dev status --env)"')
    options = parser.parse_args(arguments)
    status = _status(Project.of_checkout(fetch_model=False))
    if options.json:
        say(json.dumps(status, indent=2))
    elif options.env:
        variables = {"URL": status["url"].rstrip("/")}
        variables |= {name: status[name.lower()] or "" for name in ("STAFF_TOKEN", "CUSTOMER_TOKEN")}
        say("\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()))
    else:
        say(f"Web: {status['url']}")
        for name, row in status["processes"].items():
            healthy = "healthy" if row["healthy"] else "NOT HEALTHY"
            say(f"  {name:<14} {row['state']:<8} {healthy:<12} {row['pid'] or ''}")
        for name, healthy in status["external"].items():
            say(f"  {name:<14} {'healthy' if healthy else 'NOT HEALTHY'}")
    return 0 if status["healthy"] else 1


def _status(project: Project) -> dict[str, Any]:
    """The object that `--json` prints."""
    processes = project.processes
    with ThreadPoolExecutor(len(processes)) as pool:
        rows = dict(zip([process.name for process in processes], pool.map(_row, processes), strict=True))
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


def _row(service: Service) -> dict[str, Any]:
    process = service.process
    if process.paused:
        state = "paused"
    elif service.running:
        state = "running"
    else:
        state = "died" if process.died else "stopped"
    healthy = service.running and service.answers()
    return {"state": state, "healthy": healthy, "pid": process.pid, "log": str(process.log)}
