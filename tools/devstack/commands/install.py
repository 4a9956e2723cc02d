"""`./dev install`: done before any command starts; this one stops there."""

import argparse

from tools.devstack.console import say


def run(arguments: list[str]) -> int:
    argparse.ArgumentParser("./dev install", description="Install the pinned requirements.").parse_args(arguments)
    say("The requirements are installed.")
    return 0
