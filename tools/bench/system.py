"""Starts the system that is measured: services, catalogue, stock, index, production web server."""

import logging
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import django

from tools.bench.load import Load
from tools.bench.rig import Effort, Rig
from tools.bench.services import borrowed_services, own_services
from tools.devstack.services import Beat, Service, State, Web, Worker

UNCACHED = {"SEARCH_CACHE_SECONDS": "0"}
PATIENT = {"SEARCH_TIMEOUT": "30"}  # s; nobody has compiled or read anything yet when the warm-up begins
WARM_UP = 15  # times the effort's seconds


@dataclass(frozen=True)
class Plan:
    """What to measure on. A catalogue file wins over `products`."""

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
    with _services(plan) as (state, addresses):
        environment = _environment(addresses)
        os.environ.update(environment)
        django.setup()
        logging.disable(logging.WARNING)  # in this process: requests made here to find out what they do
        _fill(plan)
        with _web(state, environment | UNCACHED | PATIENT, "warm-up") as uncached:
            _warm_up(uncached, plan.effort)
        with _web(state, environment, "bench-web") as url:
            yield Rig(
                effort=plan.effort,
                environment=environment,
                web=url,
                web_with=lambda settings: _web(state, {**environment, **settings}, f"web-{secrets.token_hex(3)}"),
                workers=lambda: _workers(state, environment),
                workers_with=lambda settings: _workers(state, {**environment, **settings}),
                catalogue=plan.catalogue,
            )


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the terminal is the user interface


def _services(plan: Plan) -> AbstractContextManager[tuple[State, Mapping[str, str]]]:
    return borrowed_services() if plan.borrow else own_services(fast_start=plan.effort.quick)


def _environment(addresses: Mapping[str, str]) -> dict[str, str]:
    """Settings of production over plain HTTP. No mail is sent; requests are counted, but never too many."""
    return {
        **addresses,
        "DJANGO_SETTINGS_MODULE": "backend.settings",
        "SECRET_KEY": secrets.token_urlsafe(40),
        "DEBUG": "false",
        "SECURE": "false",
        "GUEST_CHECKOUT": "true",
        "EMAIL_URL": "dummymail://",
        **{f"THROTTLE_{scope}": "1000000/second" for scope in ("SEARCH", "SUGGEST", "ORDERS", "API", "PAGES")},
    }


def _fill(plan: Plan) -> None:
    """Tables, catalogue, stock and index. Imported late: Django must be set up."""
    from django.core.management import call_command  # noqa: PLC0415

    from tools.bench import dataset  # noqa: PLC0415

    with _step("tables"):
        call_command("migrate", verbosity=0)
    with _step(plan.describe()):
        if plan.catalogue:
            call_command("import_catalogue", products=plan.catalogue)
        else:
            dataset.fill_catalogue(plan.products)
        dataset.fill_stores(plan.stores, plan.stores_per_product)
    with _step("index"):
        call_command("reindex")


def _warm_up(web: str, effort: Effort) -> None:
    """Searches enough that OpenSearch's compiler has seen them; what comes first would be measured cold."""
    from tools.bench.queries import prefixes, search_requests, searches, suggest_requests  # noqa: PLC0415

    requests = search_requests(searches(effort.queries)) + suggest_requests(prefixes(effort.queries))
    with _step("warm-up"):
        Load(web, requests, WARM_UP * effort.seconds, connections=4).run()


@contextmanager
def _web(state: State, environment: Mapping[str, str], name: str) -> Iterator[str]:
    web = Web(state, environment, port_name=name)
    try:
        web.start()
        yield web.url
    finally:
        web.stop()


@contextmanager
def _workers(state: State, environment: Mapping[str, str]) -> Iterator[None]:
    processes: list[Service] = [
        Worker(state, environment, name="worker", queues="orders,default"),
        Worker(state, environment, name="indexer", queues="indexing"),
        Beat(state, environment),
    ]
    try:
        for process in processes:
            process.launch()
        for process in processes:
            process.wait_ready()
        yield
    finally:
        for process in reversed(processes):
            process.stop()


@contextmanager
def _step(name: str) -> Iterator[None]:
    say(f"{name} ...")
    began = time.perf_counter()
    yield
    say(f"  done in {time.perf_counter() - began:.1f} s")
