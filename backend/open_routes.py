"""Middlewares that the search API passes by: it has no callers, only questions.

Sessions, messages, policies for browsers and the like are for pages, and for routes that know who asks. What they cost
is small beside a page, and large beside a completion (`docs/bench/README.md`).
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

from backend.middleware import PagePolicy

OPEN = ("/search/products/", "/search/suggest/", "/search/clicks/")


class _PassedByOpenRoutes:
    """A mixin that goes before the middleware's class."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        respond = self.get_response if request.path_info.startswith(OPEN) else super().__call__  # type: ignore[misc]
        response: HttpResponseBase = respond(request)
        return response


class Sessions(_PassedByOpenRoutes, SessionMiddleware):
    """Django's."""


class Authentication(_PassedByOpenRoutes, AuthenticationMiddleware):
    """Django's."""


class Messages(_PassedByOpenRoutes, MessageMiddleware):
    """Django's."""


class Htmx(_PassedByOpenRoutes, HtmxMiddleware):
    """django-htmx's."""


class StaticFiles(_PassedByOpenRoutes, WhiteNoiseMiddleware):  # type: ignore[misc]  # published without types
    """WhiteNoise's."""


class Policy(_PassedByOpenRoutes, PagePolicy):
    """The pages' content security policy."""
