"""Traces of a request, its SQL and its task go to an OpenTelemetry collector, if there is one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.backend.workers import celery_worker
from tests.broker import BrokerQueue
from tests.eventually import eventually
from tests.factories import make_product, make_stock, make_store
from tests.orders.web import Answer, Client, web_server
from tools.devstack.services import Web
from tools.devstack.state import CHECKOUT

SEARCHED = "something-private"
# redis-py loads OpenTelemetry's API wherever it is installed; only we load the instrumentation.
LOAD = """
import sys, django
django.setup()
print([name for name in sys.modules if name.startswith(("opentelemetry.instrumentation", "opentelemetry.exporter"))])
"""


@dataclass
class Collector:
    """Receives the spans of OTLP exporters."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    services: set[str] = field(default_factory=set)

    def take(self, posted: bytes) -> None:
        for group in ExportTraceServiceRequest.FromString(posted).resource_spans:
            named = {each.key: each.value.string_value for each in group.resource.attributes}
            self.services.add(named["service.name"])
            self.spans += [span for scope in group.scope_spans for span in scope.spans]

    def names(self, trace: bytes) -> list[str]:
        return [span.name for span in self.spans if span.trace_id == trace]

    def has(self, name: str) -> bool:
        return any(span.name == name for span in list(self.spans))

    def span(self, name: str) -> Span:
        return next(span for span in self.spans if span.name == name)


@pytest.fixture
def collector() -> Iterator[Collector]:
    taken = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Not to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield taken
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_trace_of_an_order_reaches_from_the_request_to_its_task(collector: Collector) -> None:
    BrokerQueue("orders").clear()
    tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "50"}
    store, product = make_store(), make_product()
    make_stock(store, product, 5)
    order = {"store_id": store.pk, "items": [{"product_id": product.pk, "quantity": 1}], "email": "ada@example.com"}
    with web_server(processes=1, **tracing) as web, celery_worker(**tracing, OTEL_SERVICE_NAME="worker"):
        assert Client(web.url).post(f"/auth/token/?{SEARCHED}", {}).status == 400
        placed = Client(web.url).post("/orders/", order)
        token = placed.body["access_token"]
        cancelled = Client(web.url).post(f"/orders/{placed.body['id']}/cancel/", order_token=token)
        assert (placed.status, cancelled.status) == (201, 200)
        eventually(lambda: collector.has("run/orders.tasks.send_confirmation"))
        eventually(lambda: collector.has("POST orders/"))
    request, task = collector.span("POST orders/"), collector.span("run/orders.tasks.send_confirmation")
    assert task.trace_id == request.trace_id
    assert {"SELECT", "UPDATE"} <= set(collector.names(request.trace_id))
    assert collector.services == {"commerce", "worker"}
    assert_no_personal_attributes(collector, placed.body["id"])


def assert_no_personal_attributes(collector: Collector, order_id: str) -> None:
    attributes = [(each.key, each.value.string_value) for span in collector.spans for each in span.attributes]
    assert [key for key, value in attributes if order_id in value and key.startswith(("http.", "url."))] == []
    values = [value for _, value in attributes]
    assert [value for value in values if SEARCHED in value or "ada@example" in value] == []
    (agent,) = {each.value.string_value for span in collector.spans for each in span.attributes if "ip" in each.key}
    assert agent == ""


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_shop_works_while_the_collector_is_unavailable() -> None:
    with web_server(
        processes=1, DEBUG="true", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_EXPORTER_OTLP_TIMEOUT="1"
    ) as web:
        answers = [Client(web.url).post("/orders/", {}), asked_for_another_host(web)]
    assert [(answer.status, answer.body["status"]) for answer in answers] == [(400, 400)] * 2


def asked_for_another_host(web: Web) -> Answer:
    client = Client(web.url)
    client._headers["Host"] = "elsewhere.example"  # noqa: SLF001 - as a caller may
    return client.post("/orders/", {})


def load(**settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "backend.settings", **settings}
    return subprocess.run(
        [sys.executable, "-c", LOAD], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.unit
def test_no_instrumentation_is_loaded_without_a_collector() -> None:
    assert load().stdout == "[]\n"


@pytest.mark.unit
def test_start_without_the_packages_names_what_to_install(tmp_path: Any) -> None:
    (tmp_path / "opentelemetry.py").write_text("raise ModuleNotFoundError('not here', name='opentelemetry')")
    failed = load(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318", PYTHONPATH=str(tmp_path))
    assert failed.returncode == 1
    assert "opentelemetry is not installed: pip install --require-hashes -r requirements-otel.txt" in failed.stderr
