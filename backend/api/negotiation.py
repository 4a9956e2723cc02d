"""Which form an answer takes. Clients send the same few Accept headers again and again; DRF reads each anew."""

import functools
from collections.abc import Iterable

from django.http import HttpRequest
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

KEPT = 256  # headers; a client can send anything


class RememberedNegotiation(DefaultContentNegotiation):
    """DRF's own, for the views with one renderer, asked once for each Accept header. `?format=` is for others alone."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The renderer, and the media type that it is accepted as; NotAcceptable."""
        offered = list(renderers)
        if len(offered) > 1 or format_suffix:
            found: tuple[BaseRenderer, str] = super().select_renderer(request, offered, format_suffix)
            return found
        return offered[0], _accepted_as(request.META.get("HTTP_ACCEPT", "*/*"), offered[0].media_type)


@functools.lru_cache(KEPT)
def _accepted_as(accept: str, media_type: str) -> str:
    asking, renderer = HttpRequest(), BaseRenderer()
    asking.META["HTTP_ACCEPT"], renderer.media_type = accept, media_type
    _, found = DefaultContentNegotiation().select_renderer(Request(asking), [renderer])
    return str(found)
