"""The arguments of commands that take processes by name."""

import argparse

from tools.devstack.project import Project
from tools.devstack.services.base import Service


def named(arguments: list[str], command: str, description: str) -> tuple[Project, list[Service]]:
    """The checkout's project, and those of its processes that were named."""
    parser = argparse.ArgumentParser(f"./dev {command}", description=description)
    parser.add_argument("names", nargs="+", metavar="NAME")
    project = Project.of_checkout()
    return project, [project.process(name) for name in parser.parse_args(arguments).names]
