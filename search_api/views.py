"""Search over HTTP. Every endpoint is open: search has no callers to sign in."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from search_api import schema, serializers, services
from search_api.analytics import search_log


class ProductSearchView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "search"

    @extend_schema(**schema.SEARCH)
    def get(self, request: Request) -> Response:
        found = services.search(serializers.SEARCH.search_request(request.query_params))
        next_url = previous_url = None
        if found.next_cursor:
            next_url = _url(request, "cursor", found.next_cursor)
        elif found.next_page:
            next_url = _url(request, "page", found.next_page)
        if found.previous_page:
            previous_url = _url(request, "page", found.previous_page)
        return Response(found.body(next_url=next_url, previous_url=previous_url))


def _url(request: Request, parameter: str, value: object) -> str:
    parameters = request.query_params.copy()
    parameters[parameter] = str(value)
    return str(request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}"))


class SuggestView(APIView):
    """Completions of what is being typed."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "suggest"

    @extend_schema(**schema.SUGGEST)
    def get(self, request: Request) -> Response:
        valid = serializers.SUGGEST.run_validation(request.query_params)
        found = services.suggest(valid["q"], store_id=valid["store_id"])
        suggestions = found.suggestions[: valid["limit"]]
        return Response({"query": found.query, "suggestions": suggestions, "degraded": found.degraded})


class ClickView(APIView):
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
