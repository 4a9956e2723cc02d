"""`./dev COMMAND`: runs a command; reports failures with a reason and a next step."""

import errno
from collections.abc import Callable, Sequence
from importlib import import_module

from tools.devstack import interrupts
from tools.devstack.console import complain, say
from tools.devstack.errors import DevstackError

# Name -> 'module:function' of tools/, and the line of `./dev help`. A function takes the arguments
# and returns the exit code. Modules are imported when their command runs, as some imports are slow.
COMMANDS = {
    "up": (
        "devstack.commands.up:run",
        "start everything and print the addresses; Ctrl-C stops it (--detach returns instead)",
    ),
    "status": ("devstack.commands.status:run", "what runs, where, and whether it is healthy (--json, --env)"),
    "down": ("devstack.commands.processes:down", "stop everything that `up` started"),
    "logs": ("devstack.commands.processes:logs", "show the log of a process (-f follows it)"),
    "stop": ("devstack.commands.processes:stop", "stop some processes by name, to see how the others cope"),
    "start": ("devstack.commands.processes:start", "start them again"),
    "restart": (
        "devstack.commands.processes:restart",
        "load changed code: restart the web server, workers and beat, or those named",
    ),
    "example": (
        "devstack.commands.example:run",
        "serve example front ends on another origin: js, widgets, react, vue, autocomplete, box",
    ),
    "test": (
        "devstack.commands.test:run",
        "run every test on throw-away services; options go to pytest (--keep keeps the services)",
    ),
    "lint": (
        "devstack.commands.lint:run",
        "ruff, templates, mypy, TypeScript, import contract, migrations, dependency audit",
    ),
    "manage": (
        "devstack.commands.shells:manage",
        "run manage.py against the running stack, for example ./dev manage check_stock",
    ),
    "shell": ("devstack.commands.shells:shell", "a Python shell with Django loaded, against the running stack"),
    "psql": ("devstack.commands.shells:psql", "an SQL shell on the database of the running stack"),
    "install": ("devstack.commands.install:run", "install the pinned requirements into .venv, and nothing else"),
    "reset": ("devstack.commands.processes:reset", "stop everything and remove all data of this checkout's stack"),
    "bench": ("bench.__main__:main", "measure the system beside its limits"),
    "webhooks": (
        "devstack.deliveries.__main__:main",
        "send thousands of events to receivers that fail, while workers are killed, then check them",
    ),
    "chaos": ("devstack.chaos.__main__:main", "put load on the system while services are killed, then check it"),
}
HELP = {"help", "-h", "--help"}


def main(arguments: Sequence[str]) -> int:
    name, *rest = arguments or ["help"]
    interrupts.listen()
    try:
        if name in HELP:
            return _help()
        if name not in COMMANDS:
            complain(f"\nThere is no command {name!r}.\nNext step: ./dev help lists the commands.")
            return 1
        module, _, function = COMMANDS[name][0].partition(":")
        command: Callable[[list[str]], int] = getattr(import_module(f"tools.{module}"), function)
        return command(rest)
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


def _help() -> int:
    say("./dev COMMAND [options]; ./dev COMMAND --help shows the options.\n")
    for name, (_, text) in COMMANDS.items():
        say(f"  {name:<8} {text}")
    say("\nDATABASE_URL, REDIS_URL and OPENSEARCH_URL, when set, are used instead of the embedded services.")
    return 0
