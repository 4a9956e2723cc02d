"""Search over HTTP. Every endpoint is open: search has no callers to sign in."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation import callers
from foundation.parameters import StrictParameters
from search_api import schema, serializers, services
from search_api.analytics import search_log

ANYTHING = "*/*"


class AnonymousView(APIView):
    """GET for anybody, with throttles and errors as in DRF, without the rest of its dispatch.

    It gains 7 % of the searches/s at eight connections (docs/decisions/standard-parts.md).
    It fails safe: every other method, Accept, authentication or permission is left to DRF.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        anonymous: Any = request  # in place of DRF's, whose parser, user and version a GET does not need
        is_open = not self.get_authenticators() and all(type(each) is AllowAny for each in self.get_permissions())
        renderer = self.get_renderers()[0]
        accepts_it = request.META.get("HTTP_ACCEPT", ANYTHING) in {ANYTHING, renderer.media_type}
        if not is_open or not accepts_it or request.method != "GET":
            return super().dispatch(request, *args, **kwargs)
        self.request, self.headers = anonymous, self.default_response_headers
        try:
            self.check_throttles(anonymous)
            data = self.get(anonymous).data
        except Exception as error:  # noqa: BLE001 - DRF's handler raises what it does not know
            self.request = self.initialize_request(request)
            return self.finalize_response(self.request, self.handle_exception(error))
        return HttpResponse(renderer.render(data), content_type=renderer.media_type, headers=self.headers)

    def get(self, request: Request) -> Response:
        raise NotImplementedError


class ProductSearchView(AnonymousView):
    throttle_scope = "search"

    @extend_schema(**schema.SEARCH)
    def get(self, request: Request) -> Response:
        found = services.search(serializers.SEARCH.search_request(request.GET), caller=callers.address(request))
        next_url = previous_url = None
        if found.next_cursor:
            next_url = _url(request, "cursor", found.next_cursor)
        elif found.next_page:
            next_url = _url(request, "page", found.next_page)
        if found.previous_page:
            previous_url = _url(request, "page", found.previous_page)
        return Response(found.body(next_url=next_url, previous_url=previous_url))


def _url(request: Request, parameter: str, value: object) -> str:
    parameters = {**dict(request.GET.lists()), parameter: [str(value)]}
    return f"{request.scheme}://{request.get_host()}{request.path}?{urlencode(parameters, doseq=True)}"


class SuggestView(AnonymousView):
    """Completions of what is being typed."""

    throttle_scope = "suggest"

    @extend_schema(**schema.SUGGEST)
    def get(self, request: Request) -> Response:
        valid = serializers.SUGGEST.run_validation(request.GET)
        found = services.suggest(valid["q"], store_id=valid["store_id"])
        suggestions = found.suggestions[: valid["limit"]]
        return Response({"query": found.query, "suggestions": suggestions, "degraded": found.degraded})


class ClickView(StrictParameters):
    """Records that a hit was opened, for the search reports.

    The answer does not say whether it was recorded.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "search"

    @extend_schema(**schema.CLICK)
    def post(self, request: Request) -> Response:
        search_log.record_click(**serializers.CLICK.run_validation(request.data))
        return Response(status=status.HTTP_202_ACCEPTED)
