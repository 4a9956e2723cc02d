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
EXTERNAL_ERRORS = (
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
    except EXTERNAL_ERRORS as error:
        if "--traceback" in arguments:
            raise
        cause, next_step = _explanation(error)
        sys.exit(f"{cause}\nNext step: {next_step}")


def _explanation(error: Exception) -> tuple[str, str]:
    """The cause and the next step; re-raises a ProgrammingError that is a bug of ours."""
    first_line = str(error).strip().partition("\n")[0]
    if isinstance(error, ImproperlyConfigured):
        return f"The settings are wrong: {error}", "docs/configuration.md describes every variable."
    if isinstance(error, ProgrammingError):
        if getattr(error.__cause__, "pgcode", None) != UNDEFINED_TABLE:
            raise error
        return f"The database lacks a table: {first_line}", "manage.py migrate, then this command again."
    if isinstance(error, OperationalError | InterfaceError):
        return f"PostgreSQL failed: {first_line}", CHECK_SERVICE.format("PostgreSQL", "DATABASE_URL")
    if isinstance(error, OpenSearchConnectionError):
        hosts = ", ".join(host.rsplit("@", maxsplit=1)[-1] for host in settings.OPENSEARCH_HOSTS)  # no passwords
        cause = f"OpenSearch at {hosts} does not answer: {error.error}"
    elif isinstance(error, TransportError):
        cause = f"OpenSearch refused ({error.status_code}): {error.error}"
    else:
        cause = str(error)
    return cause, CHECK_SERVICE.format("OpenSearch", "OPENSEARCH_URL")
