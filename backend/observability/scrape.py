"""`/metrics` for Prometheus: counts of all processes of this server, and the system's figures."""

import ipaddress
import os
import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from rest_framework import status

from backend.api.problems import plain_problem
from backend.api.tokens import CHALLENGE
from backend.observability.system_metrics import SystemFigures


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics, for callers that send METRICS_TOKEN, or without one for this machine; 401 or 404 for others."""
    sent, expected = request.headers.get("Authorization"), f"Bearer {settings.METRICS_TOKEN}"
    is_right = bool(settings.METRICS_TOKEN) and secrets.compare_digest((sent or "").encode(), expected.encode())
    if sent is not None and not is_right:
        refusal = plain_problem(request.path, status.HTTP_401_UNAUTHORIZED)
        refusal["WWW-Authenticate"] = CHALLENGE
        return refusal
    if sent is None and not _is_open_to(request):
        raise Http404
    counts = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counts = CollectorRegistry()
        multiprocess.MultiProcessCollector(counts)
    figures = CollectorRegistry()
    figures.register(SystemFigures())
    return HttpResponse(generate_latest(counts) + generate_latest(figures), content_type=CONTENT_TYPE_LATEST)


metrics.throttle_scope = None  # type: ignore[attr-defined] # read by `middleware.PageThrottle`


def _is_open_to(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
