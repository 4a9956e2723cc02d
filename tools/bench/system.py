"""Starts the system that is measured: services, catalogue, stock, index, production web server."""

import contextlib
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg2
from opensearchpy import OpenSearch

from tools.bench.errors import BenchError
from tools.bench.load import Load
from tools.bench.rig import Effort, Rig
from tools.devstack.console import step
from tools.devstack.services import Beat, Stack, State, Web, Worker, external_services, running_together
from tools.devstack.services.stack import CHECKS
from tools.devstack.state import CHECKOUT

UNCACHED = {"SEARCH_CACHE_SECONDS": "0"}
PATIENT = {"SEARCH_TIMEOUT": "30"}  # s; nothing is compiled or in memory yet when the warm-up begins
WARM_UP = 15  # times the effort's seconds
# Production over plain HTTP. No mail is sent; requests are counted, but never refused.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "backend.settings",
    "DEBUG": "false",
    "SECURE": "false",
    "GUEST_CHECKOUT": "true",
    "EMAIL_URL": "dummymail://",
    "PYTHONPATH": str(CHECKOUT),  # for the server that forks load processes, in any working directory
    **{f"THROTTLE_{scope}": "1000000/second" for scope in ("SEARCH", "SUGGEST", "ORDERS", "API", "PAGES")},
}


@dataclass(frozen=True)
class Plan:
    """What to measure on. A catalogue file takes precedence over `products`."""

    effort: Effort
    products: int
    stores: int
    stores_per_product: int
    catalogue: Path | None = None
    borrow: bool = False

    def describe(self) -> str:
        source = f"catalogue {self.catalogue.name}" if self.catalogue else f"{self.products:,} generated products"
        return f"{source}, {self.stores:,} stores, each product at {self.stores_per_product}"


@contextmanager
def running(plan: Plan) -> Iterator[Rig]:
    """The whole system, filled and serving; everything is stopped and removed at the end."""
    with _borrowed_services() if plan.borrow else _own_services(fast_start=plan.effort.quick) as (state, addresses):
        environment = {**addresses, **SETTINGS, "SECRET_KEY": secrets.token_urlsafe(40)}
        os.environ.update(environment)
        django.setup()
        # Parts make requests in this process too, to find out what they send to OpenSearch.
        logging.disable(logging.WARNING)
        _fill(plan)

        @contextmanager
        def web(settings: Mapping[str, str]) -> Iterator[str]:
            server = Web(state, {**environment, **settings}, port_name=f"web-{secrets.token_hex(3)}")
            with running_together(server):
                yield server.url

        @contextmanager
        def workers(settings: Mapping[str, str]) -> Iterator[None]:
            changed = {**environment, **settings}
            worker = Worker(state, changed, name="worker", queues="orders,default")
            indexer = Worker(state, changed, name="indexer", queues="indexing")
            with running_together(worker, indexer, Beat(state, changed)):
                yield

        if not plan.effort.quick:
            with web(UNCACHED | PATIENT) as uncached:
                _warm_up(uncached, plan.effort)
        with web({}) as url:
            yield Rig(plan.effort, environment, url, web, workers, plan.catalogue)


@contextmanager
def _own_services(*, fast_start: bool) -> Iterator[tuple[State, Mapping[str, str]]]:
    """An empty stack, removed at the end, with fsync on: orders are measured with it."""
    with Stack.throwaway(fast_start=fast_start) as stack:
        yield stack.state, stack.environment()


@contextmanager
def _borrowed_services() -> Iterator[tuple[State, Mapping[str, str]]]:
    """The services that the environment names, with a database and indices of our own."""
    external = external_services()
    if missing := sorted(set(CHECKS) - set(external)):
        raise BenchError(f"--borrow uses services that run already: set {', '.join(missing)}")
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


def _fill(plan: Plan) -> None:
    """Tables, catalogue, stock and index. Imported late: Django must be set up."""
    from django.core.management import call_command  # noqa: PLC0415

    from tools.bench import dataset  # noqa: PLC0415

    with step("tables"):
        call_command("migrate", verbosity=0)
    with step(plan.describe()):
        if plan.catalogue:
            call_command("import_catalogue", products=plan.catalogue)
        else:
            dataset.fill_catalogue(plan.products)
        dataset.fill_stores(plan.stores, plan.stores_per_product)
    with step("index"):
        call_command("reindex")


def _warm_up(web: str, effort: Effort) -> None:
    """Search until OpenSearch has compiled and cached the code and data that searches use."""
    from tools.bench.queries import prefixes, search_requests, searches, suggest_requests  # noqa: PLC0415

    requests = search_requests(searches(effort.queries)) + suggest_requests(prefixes(effort.queries))
    with step("warm-up"):
        Load(web, requests, WARM_UP * effort.seconds, connections=4).run()
