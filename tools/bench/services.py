"""Where the benchmark's PostgreSQL, Redis and OpenSearch come from: a stack of its own, or what runs already."""

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from opensearchpy import OpenSearch

from tools.bench.errors import BenchError
from tools.devstack.services import Stack, State, external_services


@contextmanager
def own_services(*, fast_start: bool) -> Iterator[tuple[State, Mapping[str, str]]]:
    """A stack with nothing in it, removed at the end. PostgreSQL keeps fsync on: orders are measured with it."""
    with Stack.throwaway(fast_start=fast_start) as stack:
        yield stack.state, stack.environment()


@contextmanager
def borrowed_services() -> Iterator[tuple[State, Mapping[str, str]]]:
    """The services that the environment names, with a database, keys and indices of the benchmark's own in them."""
    external = external_services()
    missing = {"DATABASE_URL", "REDIS_URL", "OPENSEARCH_URL"} - set(external)
    if missing:
        raise BenchError(f"--borrow uses services that run already: set {', '.join(sorted(missing))}")
    name = f"bench_{secrets.token_hex(4)}"
    state = State.throwaway()
    prefixes = {"INDEX_PREFIX": f"{name}-", "CACHE_PREFIX": name, "BROKER_PREFIX": f"{name}:"}
    try:
        with database(external["DATABASE_URL"], name) as url:
            yield state, {**external, **prefixes, "DATABASE_URL": url}
    finally:
        OpenSearch(external["OPENSEARCH_URL"].split(",")).indices.delete(index=f"{name}-*", ignore=[404])
        state.remove()


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """A new database beside the one at `url`, dropped at the end; yields its URL."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
