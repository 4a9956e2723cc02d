"""What a front end has to know of the shop before its first page."""

from typing import Any, TypedDict

from babel.numbers import get_currency_symbol
from django.conf import settings
from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import money
from foundation.examples import answer
from foundation.pagination import MAX_PAGE_SIZE as MAX_LIST_PAGE_SIZE
from foundation.parameters import StrictParameters
from foundation.shared_caches import PublicRead
from orders.serializers import MAX_LINES, MAX_QUANTITY
from products.serializers import MAX_NAMED
from search_api import contracts


class Currency(TypedDict):
    code: str  # ISO 4217
    digits: int  # behind the decimal mark
    symbol: str  # as `locale` writes it


class Limits(TypedDict):
    query_length: int  # characters
    suggest_query_length: int  # at least
    suggestions: int
    page_size: int  # of a search
    list_page_size: int
    search_window: int  # page x page_size; beyond, a cursor pages on
    searches: int  # of a multi-search
    products: int  # of a batch
    order_lines: int
    order_quantity: int  # units of a product


class ShopConfig(TypedDict):
    shop: str
    currency: Currency
    locale: str  # BCP 47
    language: str  # of the catalogue's texts, ISO 639-1
    guest_checkout: bool
    registration: bool
    sorts: list[str]
    limits: Limits


def shop_config() -> ShopConfig:
    return {
        "shop": settings.SHOP_NAME,
        "currency": {
            "code": settings.CURRENCY,
            "digits": money.decimals(),
            "symbol": get_currency_symbol(settings.CURRENCY, settings.LOCALE),
        },
        "locale": settings.LOCALE.replace("_", "-"),
        "language": settings.SEARCH_LANGUAGE,
        "guest_checkout": settings.GUEST_CHECKOUT,
        "registration": settings.REGISTRATION,
        "sorts": [sort.value for sort in contracts.Sort],
        "limits": {
            "query_length": contracts.MAX_QUERY_LENGTH,
            "suggest_query_length": contracts.MIN_SUGGEST_LENGTH,
            "suggestions": contracts.MAX_SUGGESTIONS,
            "page_size": contracts.MAX_PAGE_SIZE,
            "list_page_size": MAX_LIST_PAGE_SIZE,
            "search_window": contracts.MAX_WINDOW,
            "searches": contracts.MAX_SEARCHES,
            "products": MAX_NAMED,
            "order_lines": MAX_LINES,
            "order_quantity": MAX_QUANTITY,
        },
    }


_EXAMPLE: dict[str, Any] = {
    "shop": "Searchlight",
    "currency": {"code": "EUR", "digits": 2, "symbol": "€"},
    "locale": "de-DE",
    "language": "de",
    "guest_checkout": True,
    "registration": True,
    "sorts": ["relevance", "price"],
    "limits": {
        "query_length": 200,
        "suggest_query_length": 3,
        "suggestions": 10,
        "page_size": 100,
        "list_page_size": 100,
        "search_window": 10000,
        "searches": 20,
        "products": 100,
        "order_lines": 100,
        "order_quantity": 10000,
    },
}


class ShopConfigView(PublicRead, StrictParameters):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="config",
        summary="Show what a front end has to know of the shop",
        description="Currency, locale, language, ways to sort, and limits of requests.",
        responses={200: resolve_type_hint(ShopConfig)},
        examples=[answer("A shop", _EXAMPLE)],
    )
    def get(self, request: Request) -> Response:
        del request
        return Response(shop_config())
