"""Search over HTTP."""

import functools
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from search_api import schema, serializers, services
from search_api.analytics import search_log
from search_api.contracts import SearchRequest, SearchResponse

Asked = HttpRequest | Request


class QuestionView(APIView):
    """A view for questions: asked with GET by nobody in particular, answered with plain data.

    Of all that DRF does for a request a question needs its limits, its form of answer and its errors. Only those are
    done for it (`docs/bench/README.md`). What is not a GET goes DRF's way.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def read(self, parameters: QueryDict) -> Any:
        """The question that the parameters ask; ValidationError."""
        raise NotImplementedError

    def answer(self, question: Any) -> dict[str, Any]:
        """The data to answer with."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "GET":
            return super().dispatch(request, *args, **kwargs)
        asked: Any = self.initialize_request(request)
        self.request, self.args, self.kwargs, self.headers, self.format_kwarg = asked, args, kwargs, {}, None
        try:
            renderer, media_type = self.perform_content_negotiation(asked)
            self._check_version(asked, media_type)
            question = self._read_within_limits(asked)
            return HttpResponse(renderer.render(self.answer(question)), content_type=media_type)
        except Exception as error:  # noqa: BLE001 - as in DRF, whose handler tells those apart that it knows
            return self._refusal(request, error)

    def _check_version(self, request: Any, media_type: str) -> None:
        if ";" in media_type:  # else it asks for none
            request.accepted_media_type = media_type
            self.determine_version(request)

    def _read_within_limits(self, request: Any) -> Any:
        try:
            return self.read(request.GET)
        finally:
            self.check_throttles(request)  # also what could not be read: it is counted, and a limit is what to tell of

    def get_throttles(self) -> list[Any]:
        return self._throttles

    @functools.cached_property
    def _throttles(self) -> list[Any]:
        return super().get_throttles()

    def _refusal(self, request: HttpRequest, error: Exception) -> HttpResponseBase:
        asked = self.request = self.initialize_request(request)
        asked.accepted_renderer, asked.accepted_media_type = self.perform_content_negotiation(asked, force=True)
        return self.finalize_response(asked, self.handle_exception(error))


class ProductSearchView(QuestionView):
    """Products found by words and filters, with facets."""

    throttle_scope = "search"

    @extend_schema(**schema.SEARCH)
    def get(self, request: Request) -> Response:
        return Response(self.answer(self.read(request.query_params)))

    def read(self, parameters: QueryDict) -> SearchRequest:
        return serializers.SEARCH.read(parameters)

    def answer(self, question: SearchRequest) -> dict[str, Any]:
        found = services.search(question)
        next_url, previous_url = _links(self.request, found)
        return found.body(next_url=next_url, previous_url=previous_url)


def _links(request: Asked, found: SearchResponse) -> tuple[str | None, str | None]:
    if found.next_cursor:
        return _link(request, cursor=found.next_cursor), None
    following = found.next_page and _link(request, page=found.next_page)
    return following or None, _link(request, page=found.previous_page) if found.previous_page else None


def _link(request: Asked, **changed: object) -> str:
    """This request's URL with other values for some parameters."""
    kept = [(name, value) for name, values in request.GET.lists() for value in values if name not in changed]
    return f"{request.scheme}://{request.get_host()}{request.path}?{urlencode([*kept, *changed.items()])}"


class SuggestView(QuestionView):
    """Completions of what is being typed."""

    throttle_scope = "suggest"

    @extend_schema(**schema.SUGGEST)
    def get(self, request: Request) -> Response:
        return Response(self.answer(self.read(request.query_params)))

    def read(self, parameters: QueryDict) -> dict[str, Any]:
        return serializers.SUGGEST.read_parameters(parameters)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        found = services.suggest(question["q"], store_id=question["store_id"])
        shown = found.suggestions[: question["limit"]]
        return {"query": found.query, "suggestions": shown, "degraded": found.degraded}


class ClickView(APIView):
    """Notes that a hit was opened, for the search reports. No one is told whether it was: nothing depends on it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = "search"

    @extend_schema(**schema.CLICK)
    def post(self, request: Request) -> Response:
        clicked = serializers.CLICK.run_validation(request.data)
        search_log.record_click(**clicked)
        return Response(status=status.HTTP_202_ACCEPTED)
