"""Search over HTTP. Every endpoint is open: search has no callers to sign in."""

import functools
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar, cast
from urllib.parse import urlencode

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation import callers
from foundation.parameters import StrictParameters, from_json, of_body
from search_api import http_cache, multi_search, schema, serializers, services
from search_api.analytics import search_log
from search_api.contracts import (
    ATTRIBUTE_NAME,
    MAX_SEARCHES,
    SearchRequest,
    SearchResponse,
    SuggestRequest,
    SuggestResponse,
)
from search_api.errors import NoTimeLeftError

logger = logging.getLogger(__name__)

V = TypeVar("V", bound=APIView)

ANYTHING = "*/*"
SEARCH_PATH = "/search/products/"
# Of path and query: below the web server's `limit_request_line`, with room for a proxy's prefix.
LONGEST_ADDRESS = 8_000


class AnonymousView(APIView):
    """GET for anybody, with throttles and errors as in DRF, without the rest of its dispatch.

    It gains 7 % of the searches/s at eight connections (docs/decisions/standard-parts.md).
    It fails safe: every other method, Accept, authentication or permission is left to DRF.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        anonymous: Any = request  # Django's request, not DRF's: a GET needs no parser, user or version
        is_open = not self.get_authenticators() and all(type(each) is AllowAny for each in self.get_permissions())
        renderer = self.get_renderers()[0]
        accepts_it = request.META.get("HTTP_ACCEPT", ANYTHING) in {ANYTHING, renderer.media_type}
        if not is_open or not accepts_it or request.method != "GET":
            return super().dispatch(request, *args, **kwargs)
        self.request, self.headers = anonymous, self.default_response_headers
        try:
            self.check_throttles(anonymous)
            response = self.get(anonymous)
        except Exception as error:  # noqa: BLE001 - DRF's handler raises what it does not know
            self.request = self.initialize_request(request)
            return self.finalize_response(self.request, self.handle_exception(error))
        if response.status_code == status.HTTP_304_NOT_MODIFIED:
            return HttpResponse(status=response.status_code, content_type=renderer.media_type, headers=self.headers)
        return HttpResponse(renderer.render(response.data), content_type=renderer.media_type, headers=self.headers)

    def get(self, request: Request) -> Response:
        raise NotImplementedError


def revalidated(get: Callable[[V, Request], Response]) -> Callable[[V, Request], Response]:
    """Answer 304 without calling `get` when the client's ETag is still valid."""

    @functools.wraps(get)
    def get_or_confirm(self: V, request: Request) -> Response:
        unchanged = http_cache.headers_if_current(request)
        if unchanged is None:
            return get(self, request)
        self.headers |= unchanged
        return Response(status=status.HTTP_304_NOT_MODIFIED)

    return get_or_confirm


class ProductSearchView(AnonymousView):
    throttle_scope = "search"

    @extend_schema(**schema.SEARCH)
    @revalidated
    def get(self, request: Request) -> Response:
        return self._respond(request, request.GET)

    @extend_schema(**schema.SEARCH_BY_BODY)
    def post(self, request: Request) -> Response:
        return self._respond(request, of_body(request))

    def _respond(self, request: Request, parameters: QueryDict) -> Response:
        found = services.search(serializers.SEARCH.search_request(parameters), caller=callers.address(request))
        self.headers |= http_cache.headers(request, found.freshness)
        return Response(_search_body(request, parameters, found))


def _search_body(request: Request, parameters: QueryDict, found: SearchResponse) -> dict[str, Any]:
    next_url = previous_url = None
    if found.next_cursor:
        next_url = _url(request, parameters, "cursor", found.next_cursor)
    elif found.next_page:
        next_url = _url(request, parameters, "page", found.next_page)
    if found.previous_page:
        previous_url = _url(request, parameters, "page", found.previous_page)
    return found.body(next_url=next_url, previous_url=previous_url)


def _url(request: Request, parameters: QueryDict, name: str, value: object) -> str | None:
    """The address of another page for GET; None when it would be too long for one."""
    changed = urlencode({**dict(parameters.lists()), name: [str(value)]}, doseq=True)
    path = f"{request.META.get('SCRIPT_NAME', '')}{SEARCH_PATH}?{changed}"
    return f"{request.scheme}://{request.get_host()}{path}" if len(path) <= LONGEST_ADDRESS else None


class SuggestView(AnonymousView):
    """Completions of what is being typed."""

    throttle_scope = "suggest"

    @extend_schema(**schema.SUGGEST)
    @revalidated
    def get(self, request: Request) -> Response:
        return self._respond(request, request.GET)

    @extend_schema(**schema.SUGGEST_BY_BODY)
    def post(self, request: Request) -> Response:
        return self._respond(request, of_body(request))

    def _respond(self, request: Request, parameters: QueryDict) -> Response:
        valid = serializers.SUGGEST.suggest_request(parameters)
        found = services.suggest(valid.q, store_id=valid.store_id)
        self.headers |= http_cache.headers(request, found.freshness)
        return Response(_suggest_body(found, valid.limit))


def _suggest_body(found: SuggestResponse, limit: int) -> dict[str, Any]:
    return {"query": found.query, "suggestions": found.suggestions[:limit], "degraded": found.degraded}


class _Valid(NamedTuple):
    """A search of a multi-search: its request, and how its answer is written."""

    request: SearchRequest | SuggestRequest
    body: Callable[[Any], dict[str, Any]]


class MultiSearchView(StrictParameters):
    """Each search has a status of its own, so that one that is wrong or slow costs the others nothing."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_scope = ProductSearchView.throttle_scope
    unreadable: APIException | None = None

    @extend_schema(**schema.MULTI_SEARCH)
    def post(self, request: Request) -> Response:
        if self.unreadable:
            raise self.unreadable
        searches = serializers.MULTI_SEARCH.run_validation(request.data)["searches"]
        ends_at = multi_search.time_limit()
        valid: dict[int, _Valid] = {}
        outcomes: dict[int, Any] = {}
        for place, search in enumerate(searches):
            # Without PostgreSQL, which knows stores and attributes, each may wait for a connection.
            if time.monotonic() >= ends_at and any(isinstance(each, OperationalError) for each in outcomes.values()):
                outcomes[place] = NoTimeLeftError()
                continue
            try:
                valid[place] = _validated(request, search)
            except Exception as error:  # noqa: BLE001 - it is this search's outcome
                outcomes[place] = error
        found = multi_search.multi_search(
            [one.request for one in valid.values()], ends_at=ends_at, caller=callers.address(request)
        )
        outcomes |= dict(zip(valid, found, strict=True))
        return Response(
            {"results": [self._result(outcomes[place], valid.get(place)) for place in range(len(searches))]}
        )

    def _result(self, outcome: Any, valid: _Valid | None) -> dict[str, Any]:
        """The answer, or the problem that the search would get if it was sent alone."""
        error = outcome
        if valid is not None and not isinstance(outcome, Exception):
            try:
                return {"status": status.HTTP_200_OK, "answer": valid.body(outcome)}
            except Exception as in_body:  # noqa: BLE001 - as above
                error = in_body
        handle, context = self.get_exception_handler(), self.get_exception_handler_context()
        response = handle(error, context)
        if response is None:  # a mistake in the code
            logger.error("a search of several failed", exc_info=error)
            response = handle(APIException("Something went wrong in this search. It has been recorded."), context)
        return {"status": response.status_code, "problem": response.data}

    def throttle_costs(self, request: Request) -> Mapping[str, int]:
        """Every search counts, as if it was sent alone; a body that is refused as a whole is one."""
        try:
            body = request.data
        except APIException as error:
            self.unreadable = error  # it is not raised a second time
            body = None
        searches = body.get("searches") if isinstance(body, dict) else None
        if not isinstance(searches, list) or not 0 < len(searches) <= MAX_SEARCHES:
            return {self.throttle_scope: 1}
        return Counter(SCOPES.get(_kind(search), self.throttle_scope) for search in searches)


SCOPES = {"suggestions": SuggestView.throttle_scope}


def _kind(search: object) -> str:
    kind = search.get("kind") if isinstance(search, dict) else None
    return kind if isinstance(kind, str) else "products"


def _validated(request: Request, search: object) -> _Valid:
    """A search of a multi-search; ValidationError."""
    parameters = from_json(search)
    parameters.pop("kind", None)
    kind = cast("dict[str, Any]", search).get("kind", "products")
    if kind == "products":
        return _Valid(
            serializers.SEARCH.search_request(parameters), lambda found: _search_body(request, parameters, found)
        )
    if kind == "suggestions":
        completion = serializers.SUGGEST.suggest_request(parameters)
        return _Valid(completion, lambda found: _suggest_body(found, completion.limit))
    if kind == "facet_values":
        facet = parameters.get("facet", "").strip()
        return _Valid(
            serializers.FACET_VALUES.search_request(parameters), lambda found: _facet_values_body(found, facet)
        )
    message = f"It is products, suggestions or facet_values, not {kind!r}."
    raise ValidationError({"kind": ErrorDetail(message, code="invalid_choice")})


def _facet_values_body(found: SearchResponse, facet: str) -> dict[str, Any]:
    facets = cast("dict[str, Any]", found.facets)
    if facet in facets:
        values = facets[facet]
    else:
        # The request may name facets of other attributes, too.
        of_facet = (one for one in facets["attributes"] if ATTRIBUTE_NAME.format(one["code"]) == facet)
        values = [value for one in of_facet for value in one["values"]]
    return {"facet": facet, "values": values, "degraded": found.degraded}


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
