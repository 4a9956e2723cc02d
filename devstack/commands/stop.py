"""`./dev stop NAME...`: take single processes away, to see the others cope."""

import argparse

from devstack.console import say
from devstack.project import Project


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev stop", description="Stop some processes; ./dev down stops all.")
    parser.add_argument("names", nargs="+", metavar="NAME")
    project = Project.of_checkout()
    processes = [project.process(name) for name in parser.parse_args(arguments).names]
    with project.state.lock():
        for process in processes:
            process.stop()
            say(f"{process.name} is stopped.")
    return 0
