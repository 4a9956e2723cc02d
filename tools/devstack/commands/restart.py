"""`./dev restart [NAME...]`: load changed code. Without names, everything of the project's own."""

import argparse

from tools.devstack.commands import start, stop
from tools.devstack.project import Project


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev restart", description="Stop and start some processes.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: web server, workers, beat")
    names = parser.parse_args(arguments).names or [process.name for process in Project.of_checkout().application]
    return stop.run(names) or start.run(names)
