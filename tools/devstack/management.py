"""Runs management commands in one process, because most take less time than starting Django.

python -m tools.devstack.management '[{"arguments": ["migrate"]}, {"arguments": ["reindex"]}]'
"""

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NotRequired, TypedDict

import django
from django.core.management import CommandError, call_command

from backend import command_line


class Call(TypedDict):
    """`output`: a file for the output; `fine`: an exit code after which the next command runs."""

    arguments: list[str]
    output: NotRequired[str]
    fine: NotRequired[int]


def main(calls: list[Call]) -> None:
    django.setup()
    for call in calls:
        command = f"manage.py {' '.join(call['arguments'])}"
        try:
            with ExitStack() as files:
                stdout = files.enter_context(Path(call["output"]).open("w")) if "output" in call else sys.stdout
                call_command(*call["arguments"], stdout=stdout)
        except CommandError as error:
            if error.returncode != call.get("fine"):
                sys.exit(f"{command}: {error}")
            print(f"{command}: {error}", file=sys.stderr)  # noqa: T201 - the terminal shows it
        except command_line.OUTSIDE as error:
            sys.exit(f"{command}: {command_line.explained(error)}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    main(json.loads(sys.argv[1]))
