"""A process that runs the project's own checks when asked: a line in, a JSON list of what is wrong out.

It stays, since starting Django for each question would take longer than the answer.
"""

import io
import json
import os
import sys

import django


def wrong() -> list[str]:
    """What `check_stock` and `check_index` find; nothing when all is well."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up by then
    from django.db import connections  # noqa: PLC0415

    found = []
    for command in ("check_stock", "check_index"):
        said = io.StringIO()
        try:
            call_command(command, stdout=said, stderr=said)
        except Exception as error:  # noqa: BLE001 - whatever stops a check is what is wrong
            found.append(f"{command}: {error} {said.getvalue()}")
        connections.close_all()
    return found


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "backend.settings"
    django.setup()
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(wrong()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
