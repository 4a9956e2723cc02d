"""`./dev install`."""

import argparse

from tools.devstack.console import say


def run(arguments: list[str]) -> int:
    argparse.ArgumentParser("./dev install", description="Install the pinned requirements.").parse_args(arguments)
    # `bootstrap.py` has installed them by now, as it does before every command.
    say("The requirements are installed.")
    return 0
