"""`./dev test [pytest options]`: every test, on services that are thrown away afterwards."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tools.devstack.console import say
from tools.devstack.services import Stack, external_services
from tools.devstack.services.stack import CHECKS
from tools.devstack.state import CHECKOUT
from tools.devstack.throwaway import kept_services, services_of_one_run

# Two processes use two cores; tests that share a group (services broken on purpose, browser) stay in one of them.
PARALLEL = ("-n", "2", "--dist", "loadgroup")
# With any of these, or a file or folder named, the developer looks at something in particular: one process.
SINGLE_PROCESS = ("-n", "--numprocesses", "--pdb", "-s", "--collect-only", "--co", "-h", "--help")


def run(arguments: list[str]) -> int:
    keep = "--keep" in arguments
    options = [argument for argument in arguments if argument != "--keep"]
    external = external_services()
    if len(external) == len(CHECKS):
        return _pytest(options, external)
    say("Starting throw-away services ...")
    with _services(keep=keep) as stack:
        return _pytest(options, stack.environment() | external)


def _services(*, keep: bool) -> AbstractContextManager[Stack]:
    return nullcontext(kept_services()) if keep else services_of_one_run()


def _pytest(options: Sequence[str], addresses: Mapping[str, str]) -> int:
    argv = [sys.executable, "-m", "pytest", *(PARALLEL if _runs_everything(options) else ()), *options]
    process = subprocess.Popen(argv, env={**os.environ, **addresses}, cwd=CHECKOUT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The terminal has told pytest as well: let it end its tests and print its summary.
            process.terminate() if process.poll() is None and not sys.stdin.isatty() else None


def _runs_everything(options: Sequence[str]) -> bool:
    return not any(
        option.startswith(SINGLE_PROCESS) or (CHECKOUT / Path(option.partition("::")[0])).exists() for option in options
    )
