"""Search over HTTP."""

from urllib.parse import urlencode

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from search_api import documentation, search_log, serializers, services
from search_api.contracts import SearchResponse


class ProductSearchView(APIView):
    """Products found by words and filters, with facets."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "search"

    @extend_schema(**documentation.SEARCH)
    def get(self, request: Request) -> Response:
        found = services.search(serializers.SEARCH.read(request.query_params))
        next_url, previous_url = _links(request, found)
        return Response(found.body(next_url=next_url, previous_url=previous_url))


def _links(request: Request, found: SearchResponse) -> tuple[str | None, str | None]:
    if found.next_cursor:
        return _link(request, cursor=found.next_cursor), None
    following = found.next_page and _link(request, page=found.next_page)
    return following or None, _link(request, page=found.previous_page) if found.previous_page else None


def _link(request: Request, **changed: object) -> str:
    """This request's URL with other values for some parameters."""
    kept = [(name, value) for name, values in request.query_params.lists() for value in values if name not in changed]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*kept, *changed.items()])}")


class SuggestView(APIView):
    """Completions of what is being typed."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "suggest"

    @extend_schema(**documentation.SUGGEST)
    def get(self, request: Request) -> Response:
        asked = serializers.SUGGEST.read(request.query_params)
        found = services.suggest(asked["q"], store_id=asked["store_id"])
        shown = found.suggestions[: asked["limit"]]
        return Response({"query": found.query, "suggestions": shown, "degraded": found.degraded})


class ClickView(APIView):
    """Notes that a hit was opened, for the search reports. No one is told whether it was: nothing depends on it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "search"

    @extend_schema(**documentation.CLICK)
    def post(self, request: Request) -> Response:
        clicked = serializers.CLICK.run_validation(request.data)
        search_log.record_click(**clicked)
        return Response(status=status.HTTP_202_ACCEPTED)
