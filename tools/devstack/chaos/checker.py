"""Runs the project's own checks for every line of input, and prints a JSON list of the errors.

One process for all runs: starting Django takes longer than the checks.
"""

import io
import json
import os
import sys

import django


def errors() -> list[str]:
    """The errors that `check_stock` and `check_index` find."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up by then
    from django.db import connections  # noqa: PLC0415

    found = []
    for command in ("check_stock", "check_index"):
        output = io.StringIO()
        try:
            call_command(command, stdout=output, stderr=output)
        except Exception as error:  # noqa: BLE001 - a check that cannot run is an error too
            found.append(f"{command}: {error} {output.getvalue()}")
        connections.close_all()
    return found


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "backend.settings"
    django.setup()
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(errors()) + "\n")
        sys.stdout.flush()
