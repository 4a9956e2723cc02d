"""`./dev reset`: forget everything that this checkout's stack holds."""

import argparse

from tools.devstack.console import say
from tools.devstack.project import Project
from tools.devstack.throwaway import remove_kept


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev reset", description="Stop everything and remove all data of this stack.")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    project = Project.of_checkout()
    if not options.yes and not _agreed(
        f"Remove the database, the index and all logs in {project.state.folder}? [y/N] "
    ):
        say("Nothing was removed.")
        return 1
    with project.state.lock():
        project.stop()
        remove_kept()
        project.state.remove()
    say("Removed. ./dev up starts from nothing.")
    return 0


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        return False
