"""`manage.py`: when a service is away, or the settings are wrong, it says what to do in place of a traceback."""

import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import TransportError

from indexing.errors import EngineUnavailableError

# What has a cause outside of the program. Of each, `explained` tells the cause and the next step.
OUTSIDE = (
    ImproperlyConfigured,
    OperationalError,
    InterfaceError,
    ProgrammingError,
    TransportError,
    EngineUnavailableError,
)
NO_SUCH_TABLE = "42P01"  # PostgreSQL's SQLSTATE


def main(arguments: Sequence[str]) -> None:
    """Run the command; `--traceback` shows where an error came from."""
    try:
        execute_from_command_line(list(arguments))
    except OUTSIDE as error:
        if "--traceback" in arguments:
            raise
        sys.exit(explained(error))


def explained(error: Exception) -> str:
    """What is wrong and what to do next; the error itself goes on when it is our own."""
    if isinstance(error, ImproperlyConfigured):
        return f"The settings are wrong: {error}\nNext step: docs/configuration.md describes every variable."
    if isinstance(error, ProgrammingError):
        if getattr(error.__cause__, "pgcode", None) != NO_SUCH_TABLE:
            raise error
        return (
            f"The database lacks a table: {_first_line(error)}\nNext step: manage.py migrate, then this command again."
        )
    if isinstance(error, OperationalError | InterfaceError):
        return f"PostgreSQL did not do it: {_first_line(error)}\nNext step: {_look_at('PostgreSQL', 'DATABASE_URL')}"
    return f"{_of_opensearch(error)}\nNext step: {_look_at('OpenSearch', 'OPENSEARCH_URL')}"


def _of_opensearch(error: Exception) -> str:
    if isinstance(error, NoConnection):
        return f"OpenSearch at {_without_password()} does not answer: {error.error}"
    if isinstance(error, TransportError):
        return f"OpenSearch refused ({error.status_code}): {error.error}"
    return str(error)


def _look_at(service: str, variable: str) -> str:
    return f"see that {service} runs and that {variable} names it, then run the command again."


def _without_password() -> str:
    return ", ".join(host.rsplit("@", maxsplit=1)[-1] for host in settings.OPENSEARCH_HOSTS)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
