"""`./dev start NAME...`: bring single processes back after `stop`, or after they died."""

import argparse

from devstack.console import say
from devstack.project import Project


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev start", description="Start some processes; ./dev up starts all.")
    parser.add_argument("names", nargs="+", metavar="NAME")
    project = Project.of_checkout()
    processes = [project.process(name) for name in parser.parse_args(arguments).names]
    with project.state.lock():
        for process in processes:
            process.start()
            say(f"{process.name} is healthy.")
    return 0
