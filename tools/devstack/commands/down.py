"""`./dev down`: stop what `up` started, and nothing else."""

import argparse

from tools.devstack.console import say
from tools.devstack.project import Project
from tools.devstack.services import State
from tools.devstack.throwaway import remove_kept


def run(arguments: list[str]) -> int:
    argparse.ArgumentParser("./dev down", description="Stop all that up started.").parse_args(arguments)
    state = State.of_checkout()
    with state.lock():
        stopped = Project.of_checkout().stop()
    if remove_kept():
        stopped.append("the services kept by `test --keep`")
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0
