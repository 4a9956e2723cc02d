"""Runs management commands one after the other in one process: starting Django costs more than most of them do.

python -m tools.devstack.management '[{"arguments": ["migrate"]}, {"arguments": ["demo_access"], "output": "a.json"}]'
"""

import json
import os
import sys
from contextlib import ExitStack
from typing import NotRequired, TypedDict

import django
from django.core.management import CommandError, call_command

from backend import command_line


class Call(TypedDict):
    """`output`: a file for what the command prints, in place of the terminal; `fine`: an exit code to go on after."""

    arguments: list[str]
    output: NotRequired[str]
    fine: NotRequired[int]


def main(calls: list[Call]) -> None:
    django.setup()
    for call in calls:
        try:
            _run(call)
        except CommandError as error:
            if error.returncode == call.get("fine"):
                print(f"{_said(call)}: {error}", file=sys.stderr)  # noqa: T201 - this is what the terminal shows
                continue
            sys.exit(f"{_said(call)}: {error}")
        except command_line.OUTSIDE as error:
            sys.exit(f"{_said(call)}: {command_line.explained(error)}")


def _run(call: Call) -> None:
    with ExitStack() as files:
        stdout = files.enter_context(open(call["output"], "w")) if "output" in call else sys.stdout  # noqa: PTH123
        call_command(*call["arguments"], stdout=stdout)


def _said(call: Call) -> str:
    return f"manage.py {' '.join(call['arguments'])}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    main(json.loads(sys.argv[1]))
