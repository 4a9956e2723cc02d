"""`./dev test [pytest options]`: every test, on services that are removed afterwards."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext

from tools.devstack import interrupts
from tools.devstack.console import say
from tools.devstack.services import State, external_services
from tools.devstack.services.sentence_model import model_environment
from tools.devstack.services.stack import CHECKS
from tools.devstack.state import CHECKOUT
from tools.devstack.throwaway import kept_services, services_of_one_run

# Two processes use two cores; tests of one group (services broken on purpose, browser) stay in one
# of them, and begin in the order of tests/scheduling.py.
PARALLEL = ("-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder")
# With one of these options, or with a file or folder, the developer runs some tests only: in one
# process.
SINGLE_PROCESS = ("-n", "--numprocesses", "--pdb", "-s", "--collect-only", "--co")
HELP = """usage: ./dev test [-h] [--keep] [FILE ...] [pytest options]

Run every test, or some, on throw-away services.

  --keep  leave the services running for the next run; ./dev down stops them

Other options go to pytest; .venv/bin/pytest --help lists them."""


def run(arguments: list[str]) -> int:
    if {"-h", "--help"}.intersection(arguments):
        say(HELP)
        return 0
    keep = "--keep" in arguments
    options = [argument for argument in arguments if argument != "--keep"]
    external = external_services()
    if len(external) == len(CHECKS):
        return _pytest(options, external)
    say("Starting throw-away services ...")
    with nullcontext(kept_services()) if keep else services_of_one_run() as stack:
        return _pytest(options, stack.environment() | external)


def _pytest(options: Sequence[str], addresses: Mapping[str, str]) -> int:
    single = any(
        option.startswith(SINGLE_PROCESS) or (CHECKOUT / option.partition("::")[0]).exists() for option in options
    )
    argv = [sys.executable, "-m", "pytest", *(() if single else PARALLEL), *options]
    environment = {**os.environ, **addresses, **model_environment(State.of_checkout())}
    return interrupts.wait_for(subprocess.Popen(argv, env=environment, cwd=CHECKOUT))
