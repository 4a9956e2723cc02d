"""`./dev logs NAME`: the log of one process."""

import argparse
import subprocess

from tools.devstack.console import say
from tools.devstack.project import Project


def run(arguments: list[str]) -> int:
    project = Project.of_checkout()
    parser = argparse.ArgumentParser("./dev logs", description="Show the log of a process.")
    parser.add_argument("name", choices=[process.name for process in project.processes])
    parser.add_argument("-f", "--follow", action="store_true", help="go on as it grows")
    parser.add_argument("-n", "--lines", type=int, default=100, help="how many lines (default 100)")
    options = parser.parse_args(arguments)
    log = project.process(options.name).process.log
    if not log.exists():
        say(f"{options.name} has no log yet: it has never been started here.")
        return 1
    return subprocess.call(["tail", "-n", str(options.lines), *(["-f"] if options.follow else []), str(log)])
