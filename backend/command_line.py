"""`manage.py`, with a next step instead of a traceback when a service or a setting is at fault."""

import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError
from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError
from opensearchpy.exceptions import TransportError

from indexing.errors import EngineUnavailableError

# Errors with a cause outside of the program.
OUTSIDE = (
    ImproperlyConfigured,
    OperationalError,
    InterfaceError,
    ProgrammingError,
    TransportError,
    EngineUnavailableError,
)
UNDEFINED_TABLE = "42P01"  # PostgreSQL's SQLSTATE
CHECK_SERVICE = "check that {} runs and that {} is its address, then run the command again."


def main(arguments: Sequence[str]) -> None:
    """Run the command; `--traceback` shows where an error came from."""
    try:
        execute_from_command_line(list(arguments))
    except OUTSIDE as error:
        if "--traceback" in arguments:
            raise
        sys.exit(explained(error))


def explained(error: Exception) -> str:
    """The cause and the next step; raises a ProgrammingError that is a bug of ours again."""
    first_line = str(error).strip().partition("\n")[0]
    next_step = CHECK_SERVICE.format("OpenSearch", "OPENSEARCH_URL")
    if isinstance(error, ImproperlyConfigured):
        cause, next_step = f"The settings are wrong: {error}", "docs/configuration.md describes every variable."
    elif isinstance(error, ProgrammingError):
        if getattr(error.__cause__, "pgcode", None) != UNDEFINED_TABLE:
            raise error
        cause, next_step = f"The database lacks a table: {first_line}", "manage.py migrate, then this command again."
    elif isinstance(error, OperationalError | InterfaceError):
        cause, next_step = f"PostgreSQL failed: {first_line}", CHECK_SERVICE.format("PostgreSQL", "DATABASE_URL")
    elif isinstance(error, OpenSearchConnectionError):
        hosts = ", ".join(host.rsplit("@", maxsplit=1)[-1] for host in settings.OPENSEARCH_HOSTS)  # no passwords
        cause = f"OpenSearch at {hosts} does not answer: {error.error}"
    elif isinstance(error, TransportError):
        cause = f"OpenSearch refused ({error.status_code}): {error.error}"
    else:
        cause = str(error)
    return f"{cause}\nNext step: {next_step}"
