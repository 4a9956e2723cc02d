"""`./dev COMMAND`: finds the command's module and runs it; turns failures into a reason and a next step."""

import errno
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec

from tools.devstack import interrupts
from tools.devstack.console import complain, say
from tools.devstack.errors import DevstackError
from tools.devstack.state import CHECKOUT

# Name -> what `./dev help` says. Each is a module in tools/devstack/commands/ with `run(arguments) -> exit code`.
COMMANDS = {
    "up": "start everything and print where it is; Ctrl-C stops it (--detach returns instead)",
    "status": "what runs, where, and whether it is healthy (--json)",
    "down": "stop all that `up` started",
    "logs": "show the log of a process (-f follows it)",
    "stop": "stop some processes by name, to see the rest cope without them",
    "start": "start them again",
    "restart": "load changed code: stop and start the web server, workers and beat, or those named",
    "test": "run every test on throw-away services; options go to pytest (--keep leaves the services up)",
    "lint": "ruff, mypy, import contract, migrations, dependency audit",
    "manage": "run manage.py against the running stack, for example ./dev manage check_stock",
    "shell": "a Python shell with Django loaded, against the running stack",
    "psql": "an SQL shell on the running stack's database",
    "install": "install the pinned requirements into .venv, and nothing else",
    "reset": "stop everything and remove all data of this checkout's stack",
}
# Commands that are modules of their own, run with `python -m`: only those that exist are listed.
DELEGATED = {
    "bench": ("tools.bench", "measure it; ./dev bench --help"),
    "chaos": ("tools.devstack.chaos", "mixed load while services are killed and hung, then the verdict"),
}


def main(arguments: Sequence[str]) -> int:
    name, rest = (arguments[0], list(arguments[1:])) if arguments else ("help", [])
    interrupts.listen()
    try:
        return _command(name)(rest)
    except DevstackError as error:
        complain(f"\n{error}")
    except KeyboardInterrupt:
        complain("\nInterrupted.")
        return 130
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        complain(f"\nThe disk is full: {error}\nNext step: free some space, then run the command again.")
    return 1


def _command(name: str) -> Callable[[list[str]], int]:
    if name in {"help", "-h", "--help"}:
        return _help
    if name in COMMANDS:
        command: Callable[[list[str]], int] = import_module(f"tools.devstack.commands.{name}").run
        return command
    if name in DELEGATED and _exists(DELEGATED[name][0]):
        return lambda rest: subprocess.call([sys.executable, "-m", DELEGATED[name][0], *rest], cwd=CHECKOUT)
    raise DevstackError(f"There is no command {name!r}.", "./dev help lists the commands.")


def _help(_: list[str]) -> int:
    listed = COMMANDS | {name: text for name, (module, text) in DELEGATED.items() if _exists(module)}
    say("./dev COMMAND [options]; ./dev COMMAND --help says more.\n")
    for name, text in listed.items():
        say(f"  {name:<8} {text}")
    say("\nDATABASE_URL, REDIS_URL and OPENSEARCH_URL, when set, are used instead of the embedded services.")
    return 0


def _exists(module: str) -> bool:
    try:
        return find_spec(f"{module}.__main__") is not None or (
            find_spec(module) is not None and not (CHECKOUT / module.replace(".", "/")).is_dir()
        )
    except ModuleNotFoundError:
        return False
