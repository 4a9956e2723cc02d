"""Who gets which error body: programs RFC 9457 problems, people a page."""

import re
import sys

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from backend.api.problems import RETRY_AFTER, is_outage

API = re.compile(r"/(auth|health|metrics|orders|products|schema|search/(products|suggest|clicks)|stores)(/|$)")


def wants_problem(request: HttpRequest) -> bool:
    """Whether an error is told as a problem: always below the API's roots, elsewhere unless a browser asks."""
    if API.match(request.path):
        return True
    return "text/html" not in request.headers.get("Accept", "") and "HX-Request" not in request.headers


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when PostgreSQL could not be reached."""
    page: HttpResponse = defaults.server_error(request)
    if is_outage(sys.exception()):
        page.status_code = 503
        page["Retry-After"] = RETRY_AFTER
    return page
