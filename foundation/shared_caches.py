"""Anonymous answers in the caches of browsers and proxies."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page
from rest_framework import status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation import callers

STALE_SECONDS = 30
# An answer depends on these: another version, or a refusal of an unusable token.
VARY = ("Accept", "Authorization")


def cache_control() -> str:
    """Reused for SEARCH_MAX_AGE seconds, and shown for STALE_SECONDS more while it is fetched again."""
    stale = f", stale-while-revalidate={STALE_SECONDS}" if settings.SEARCH_MAX_AGE else ""
    return f"public, max-age={settings.SEARCH_MAX_AGE}{stale}"


class PublicRead(APIView):
    """A read for anybody. The ETag of an anonymous answer is a digest of it, and gets 304 while it stays the same.

    With `store_id` an answer has exact quantities, which no cache may use without asking.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The ETag that staff get describes the product and not its stock, so for them it never means 304.
        respond = super().dispatch if callers.is_named(request) else conditional_page(super().dispatch)
        return respond(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        is_shared = request.method in SAFE_METHODS and not callers.is_named(request)
        if is_shared and response.status_code == status.HTTP_200_OK:
            response["Cache-Control"] = "no-cache" if "store_id" in request.GET else cache_control()
            patch_vary_headers(response, VARY)
        return response
