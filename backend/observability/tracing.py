"""Traces by OpenTelemetry: each request with its SQL, and the tasks that it queued. Imported only when asked for.

Where they go, and how many, is decided by the SDK's own variables (OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER and
so on). What people look for and where they are stays out, as it does of the logs.
"""

from celery.signals import worker_process_shutdown
from django.conf import settings
from django.http import HttpRequest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg2 import Psycopg2Instrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# Whatever of these the instrumentation sets, in its present names or its coming ones.
WITH_QUERY = ("http.target", "http.url", "url.full")
OF_THE_CALLER = (
    "url.query",
    "net.peer.ip",
    "client.address",
    "http.client_ip",
    "http.user_agent",
    "user_agent.original",
)
# Outside of it are the caller's address and the answers that are problems: it must not answer a bad host by itself.
OUTER = "backend.middleware.ProblemBodies"


def start() -> None:
    """Trace this process, and those that it forks."""
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: settings.OTEL_SERVICE_NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    Psycopg2Instrumentor().instrument()
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    DjangoInstrumentor().instrument(
        middleware_position=settings.MIDDLEWARE.index(OUTER) + 1,
        excluded_urls="/health/,/metrics",
        request_hook=_leave_out_the_caller,
    )
    # Celery ends its processes without what Python does at an exit.
    worker_process_shutdown.connect(lambda **_: provider.shutdown(), weak=False)


def _leave_out_the_caller(span: Span, request: HttpRequest) -> None:
    told = span.attributes or {}
    for name in told.keys() & set(WITH_QUERY):
        span.set_attribute(name, request.path)
    for name in told.keys() & set(OF_THE_CALLER):
        span.set_attribute(name, "")
