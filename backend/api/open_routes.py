"""The search API, answered before the middlewares that are for pages and for callers who are somebody.

It has questions, and no callers: no session, no user, no form. What sessions, messages and policies for browsers cost
is small beside a page, and a third of a completion (`docs/bench/README.md`).
"""

import functools
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, resolve

PATHS = frozenset({"/search/products/", "/search/suggest/", "/search/clicks/"})


class OpenRoutes:
    """Calls the views of these paths. What comes after it in MIDDLEWARE sees all other requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _answer(request) if request.path_info in PATHS else self.get_response(request)


@functools.cache
def _match(path: str) -> ResolverMatch:
    return resolve(path)


def _answer(request: HttpRequest) -> HttpResponseBase:
    request.get_host()  # refuses a host that is not ours, as CommonMiddleware does
    request.resolver_match = _match(request.path_info)
    response = request.resolver_match.func(request)
    if hasattr(response, "render"):  # by Django's handler, otherwise
        response.render()
    response["Content-Length"] = len(response.content)
    return response  # type: ignore[no-any-return]  # to its types, a view is any function
