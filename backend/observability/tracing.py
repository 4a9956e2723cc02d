"""Traces by OpenTelemetry, imported only when enabled: requests, their SQL, their tasks.

The SDK's own variables decide where traces go and how many (OTEL_EXPORTER_OTLP_HEADERS,
OTEL_TRACES_SAMPLER and so on). Search texts, paths and client addresses are left out, as in the
logs; the name of a span has its route.
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

# Attributes of the instrumentation, by their current and their future names.
PRIVATE_ATTRIBUTES = (
    "http.target",
    "http.url",
    "url.full",
    "url.path",
    "url.query",
    "net.peer.ip",
    "client.address",
    "http.client_ip",
    "http.user_agent",
    "user_agent.original",
)
# Tracing starts inside of this one, which makes a problem of a refused host.
OUTER = "backend.middleware.ProblemResponses"


def start() -> None:
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: settings.OTEL_SERVICE_NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    Psycopg2Instrumentor().instrument()
    CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    DjangoInstrumentor().instrument(
        middleware_position=settings.MIDDLEWARE.index(OUTER) + 1,
        excluded_urls="/health/,/metrics",
        request_hook=_remove_personal_attributes,
    )
    # Celery ends its processes without Python's exit handlers, which would send the last spans.
    worker_process_shutdown.connect(lambda **_: provider.shutdown(), weak=False)


def _remove_personal_attributes(span: Span, request: HttpRequest) -> None:
    del request
    for name in set(span.attributes or {}) & set(PRIVATE_ATTRIBUTES):
        span.set_attribute(name, "")
