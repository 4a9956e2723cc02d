"""Front ends that say who they are: the header `X-API-Key`.

It is not `Authorization`, which names a person: a shopper who has signed in sends both, and a key
never identifies a person. It gives no right that an anonymous caller lacks; a publishable key
even has fewer, so that a copy of it is worth little.
"""

import ipaddress

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from rest_framework import status

from api_keys import selectors, services
from api_keys.selectors import KnownKey
from backend.api import problem_types
from backend.api.problems import plain_problem
from backend.api.routes import API_OF_SHOPS, SEARCH_PATHS
from foundation import origins

logger = structlog.get_logger(__name__)

HEADER, SHOPPER_HEADER, ORIGIN_HEADER = "HTTP_X_API_KEY", "HTTP_X_SHOPPER_ADDRESS", "HTTP_ORIGIN"  # in request.META
CHALLENGE = "ApiKey"
SEND_A_KEY = "Send the key of your front end in the header X-API-Key."
NO_SUCH_KEY = "There is no such key, or it was revoked."
SEARCHES_ONLY = "A publishable key is for searches only."
IN_A_PAGE = "A server key was sent by a page, where everybody can read it. Revoke it; pages use a publishable key."
ONE_ADDRESS = "X-Shopper-Address is one IP address, without a port."
MAX_LENGTH = 200  # characters


class KeyCallers(MiddlewareMixin):
    """Checks the key of a request, on every route of the API that front ends call.

    Without PostgreSQL, a process that has read the keys goes on with them; one that has not
    treats the request as one without a key.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        text = request.META.get(HEADER)
        if text is None:
            if settings.API_KEYS_REQUIRED and request.path_info in SEARCH_PATHS:
                own_origin = f"{request.scheme}://{request.get_host()}"
                if request.META.get(ORIGIN_HEADER, own_origin) != own_origin:
                    return _refusal(request, status.HTTP_401_UNAUTHORIZED, problem_types.KEY_REQUIRED, SEND_A_KEY)
            return None
        if not API_OF_SHOPS.match(request.path_info):
            return None
        try:
            key = selectors.find(text[:MAX_LENGTH])
        except selectors.OUTAGES as error:
            logger.warning("an API key could not be checked", error=str(error))
            return None
        if key is None:
            return _refusal(request, status.HTTP_401_UNAUTHORIZED, problem_types.INVALID_KEY, NO_SUCH_KEY)
        refusal = _of_server(request) if key.is_server else _of_page(request, key)
        if refusal is None:
            request.api_key = key  # type: ignore[attr-defined] # for the throttles
            services.record_use(key.pk)
        return refusal


def _of_page(request: HttpRequest, key: KnownKey) -> HttpResponse | None:
    if request.path_info not in SEARCH_PATHS:
        return _refusal(request, status.HTTP_403_FORBIDDEN, problem_types.KEY_NOT_FOR_ROUTE, SEARCHES_ONLY)
    origin = request.META.get(ORIGIN_HEADER, "")
    if key.origins and not origins.allows(key.origins, origin):
        said = f"not {origin}" if origin else "and this request names no origin"
        detail = f"The key is for pages of {', '.join(key.origins)}, {said}."
        return _refusal(request, status.HTTP_403_FORBIDDEN, problem_types.KEY_NOT_FOR_ORIGIN, detail)
    return None


def _of_server(request: HttpRequest) -> HttpResponse | None:
    if ORIGIN_HEADER in request.META:
        return _refusal(request, status.HTTP_403_FORBIDDEN, problem_types.SERVER_KEY_IN_PAGE, IN_A_PAGE)
    if shopper := request.META.get(SHOPPER_HEADER, "").strip():
        try:
            address = ipaddress.ip_address(shopper)
        except ValueError:
            address = None
        if address is None or getattr(address, "scope_id", None):  # a zone means something on one host only
            return _refusal(request, status.HTTP_400_BAD_REQUEST, problem_types.BAD_SHOPPER_ADDRESS, ONE_ADDRESS)
        # Sockets for both versions write IPv4 as ::ffff:1.2.3.4; all of those are in one /64.
        request.META["REMOTE_ADDR"] = str(getattr(address, "ipv4_mapped", None) or address)
    return None


def _refusal(request: HttpRequest, code: int, kind: str, detail: str) -> HttpResponse:
    refusal = plain_problem(request.path, code, detail, kind=kind)
    if code == status.HTTP_401_UNAUTHORIZED:
        refusal["WWW-Authenticate"] = CHALLENGE
    return refusal
