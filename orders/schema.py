"""OpenAPI documentation of the order endpoints: arguments of `extend_schema`.

`backend.api.schema` gives every error the media type of problem details, and its schema where none
is named here.
"""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from foundation import idempotency
from foundation.errors import KeyReusedError, RequestInProgressError
from foundation.examples import answer
from foundation.problems import ProblemDetailsSerializer
from orders.serializers import (
    CustomerOrderSerializer,
    OrderInput,
    OrderRejectedSerializer,
    OrderSerializer,
    OrdersQuery,
    PlacedOrderSerializer,
)

TOKEN_HEADER = "Order-Token"  # noqa: S105 - its name
_TOKEN = OpenApiParameter(
    TOKEN_HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER, description="The `access_token` of a guest's order."
)
_ORDER: dict[str, Any] = {
    "id": "019ad1c8-7a5e-7c31-9f0e-2f3c1d8f4b6a",
    "status": "CONFIRMED",
    "store_id": 3,
    "items": [
        {
            "product_id": 41,
            "sku": "KB-104",
            "name": "Quiet keyboard",
            "quantity": 2,
            "unit_price": "39.90",
            "line_total": "79.80",
        }
    ],
    "total": "79.80",
    "currency": "USD",
    "created_at": "2026-11-23T06:30:00.123456Z",
}
_SHORTAGES = [{"product_id": 41, "requested": 2, "available": 1}]
_REJECTED: dict[str, Any] = {**_ORDER, "status": "REJECTED", "shortages": _SHORTAGES}
_BAD_QUANTITY = {
    "field": "items[0].quantity",
    "code": "min_value",
    "message": "Ensure this value is greater than or equal to 1.",
}


def _problem(name: str, status: int, code: str, title: str, detail: str, **members: Any) -> OpenApiExample:
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "instance": "/orders/"}
    return answer(name, body | members, status)


PLACE_ORDER: dict[str, Any] = {
    "summary": "Place an order",
    "description": (
        "Order from one store: every line is checked, and either all are deducted from stock or none is. Lines of the "
        "same product are added up. With `expected_total` an order that would cost more is a 409 with today's prices, "
        "and nothing is done. With an `Idempotency-Key` the request can be repeated safely for 24 hours: it "
        "gives one order and the same answer."
    ),
    "parameters": [idempotency.HEADER],
    "request": OrderInput,
    "responses": {
        201: OpenApiResponse(PlacedOrderSerializer, "Confirmed: every line was deducted."),
        400: OpenApiResponse(ProblemDetailsSerializer, "Malformed, or something unknown: nothing was saved."),
        401: OpenApiResponse(description="Not signed in, and guest checkout is off."),
        403: OpenApiResponse(description="Signed in by a session, without its CSRF token."),
        409: OpenApiResponse(
            OrderRejectedSerializer,
            "Rejected, nothing was deducted; the prices are higher than expected; or the first request with this key "
            "is still running.",
        ),
        422: OpenApiResponse(ProblemDetailsSerializer, "The key was used with another body."),
    },
    "examples": [
        OpenApiExample(
            "Two lines",
            value={"store_id": 3, "items": [{"product_id": 41, "quantity": 2}, {"product_id": 7, "quantity": 1}]},
            request_only=True,
        ),
        answer("Confirmed", _ORDER, 201),
        _problem(
            "Bad quantity",
            400,
            "invalid-parameters",
            "Bad Request",
            "{field}: {message}".format(**_BAD_QUANTITY),
            errors=[_BAD_QUANTITY],
        ),
        _problem(
            "Short",
            409,
            "order-rejected",
            "Order rejected",
            "1 line is short; nothing was deducted",
            order=_REJECTED,
            shortages=_SHORTAGES,
        ),
        _problem(
            "Still running", 409, "request-in-progress", RequestInProgressError.title, str(RequestInProgressError())
        ),
        _problem("Key reused", 422, "key-reused", KeyReusedError.title, str(KeyReusedError())),
    ],
}

SHOW_ORDER: dict[str, Any] = {
    "summary": "Show an order",
    "description": (
        "An order is shown to its customer and to the staff of its store. One placed as a guest is shown to whoever "
        "sends its `access_token`. A rejected order has its `shortages`."
    ),
    "parameters": [_TOKEN],
    "responses": {200: OrderSerializer, 404: OpenApiResponse(description="No such order, or not yours.")},
    "examples": [answer("Order", _ORDER)],
}

CANCEL_ORDER: dict[str, Any] = {
    "summary": "Cancel an order",
    "description": "Put the units of a confirmed order back into stock, once. By its customer or the store's staff.",
    "request": None,
    "parameters": [_TOKEN],
    "responses": {
        200: OrderSerializer,
        404: OpenApiResponse(description="No such order, or not yours."),
        409: OpenApiResponse(ProblemDetailsSerializer, "It is not a confirmed order."),
    },
    "examples": [
        answer("Cancelled", {**_ORDER, "status": "CANCELLED"}),
        _problem(
            "Cancelled before",
            409,
            "not-cancellable",
            "Not cancellable",
            "the order is cancelled",
            instance=f"/orders/{_ORDER['id']}/cancel/",
            order_id=_ORDER["id"],
            order_status="CANCELLED",
        ),
    ],
}

LIST_STORE_ORDERS: dict[str, Any] = {
    "summary": "List a store's orders",
    "description": "Newest first, for the store's staff. `total_items` is the units over all lines of an order.",
    "parameters": [OrdersQuery],
}

LIST_OWN_ORDERS: dict[str, Any] = {
    "operation_id": "orders_list",
    "summary": "List your own orders",
    "description": "Newest first, for the customer who is signed in. `total_items` is the units over all lines.",
    "parameters": [OrdersQuery],
    "responses": {200: CustomerOrderSerializer(many=True)},
    "examples": [
        answer(
            "An order",
            {
                "id": "0198a5c2-6f5e-7c3a-9d4e-2f1b7c9e0a11",
                "status": "CONFIRMED",
                "store_id": 3,
                "total_items": 2,
                "total": "1078.00",
                "currency": "USD",
                "created_at": "2026-11-23T06:30:00.123456Z",
                "cancelled_at": None,
            },
        )
    ],
}
