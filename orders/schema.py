"""What the API's schema says of the order endpoints."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from orders.serializers import (
    OrderInput,
    OrderRejectedSerializer,
    OrderSerializer,
    ProblemSerializer,
    StoreOrderSerializer,
    StoreOrdersQuery,
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
    "created_at": "2026-11-23T06:30:00.123456Z",
}
PROBLEM = "application/problem+json"
_SHORTAGES = [{"product_id": 41, "requested": 2, "available": 1}]


def _problem(status: int, title: str, detail: str, path: str = "/orders/", **members: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": path, **members}


def _refusal(description: str, *examples: tuple[str, dict[str, Any]], of: Any = ProblemSerializer) -> OpenApiResponse:
    return OpenApiResponse(
        of,
        description=description,
        examples=[OpenApiExample(name, value=value, response_only=True) for name, value in examples],
    )


_SHORT = _problem(
    409,
    "Order rejected",
    "1 line is short; nothing was deducted",
    order={**_ORDER, "status": "REJECTED", "shortages": _SHORTAGES},
    shortages=_SHORTAGES,
)
_RUNNING = _problem(
    409, "Request in progress", "the first request with this Idempotency-Key is still running; ask again in a moment"
)
_INVALID = _problem(
    400,
    "Bad Request",
    "items[0].quantity: Ensure this value is greater than or equal to 1.",
    errors=[{"field": "items[0].quantity", "message": "Ensure this value is greater than or equal to 1."}],
)
_REUSED = _problem(
    422,
    "Idempotency key reused",
    "this Idempotency-Key was sent before with another body; use a new key for a new request",
)
_NOT_FOUND = _refusal("No such order, or not yours.")
_THROTTLED = _refusal("Too many requests: see Retry-After.")

PLACE_ORDER: dict[str, Any] = {
    "summary": "Place an order",
    "description": (
        "Order from one store: every line is checked, and either all are deducted from stock or none is. Lines of the "
        "same product are added up. With an `Idempotency-Key` the request can be repeated safely for 24 hours: it "
        "gives one order and the same answer."
    ),
    "parameters": [
        OpenApiParameter(
            "Idempotency-Key",
            OpenApiTypes.STR,
            OpenApiParameter.HEADER,
            description="Any text of 1 to 255 characters, such as a UUID, that the caller makes up for this order.",
        )
    ],
    "request": OrderInput,
    "responses": {
        201: OpenApiResponse(OrderSerializer, description="Confirmed: every line was deducted."),
        (400, PROBLEM): _refusal("Malformed, or something unknown: nothing was saved.", ("Bad quantity", _INVALID)),
        (401, PROBLEM): _refusal("Signed in neither as a customer nor, with guest checkout off, allowed as a guest."),
        (403, PROBLEM): _refusal("Signed in by a session, without its CSRF token."),
        (409, PROBLEM): _refusal(
            "Rejected, nothing was deducted; or the first request with this key is still running.",
            ("Short", _SHORT),
            ("Still running", _RUNNING),
            of=OrderRejectedSerializer,
        ),
        (413, PROBLEM): _refusal("The body is too large."),
        (415, PROBLEM): _refusal("The body is not JSON."),
        (422, PROBLEM): _refusal("The key was used with another body.", ("Key reused", _REUSED)),
        (429, PROBLEM): _THROTTLED,
    },
    "examples": [
        OpenApiExample(
            "Two lines",
            value={"store_id": 3, "items": [{"product_id": 41, "quantity": 2}, {"product_id": 7, "quantity": 1}]},
            request_only=True,
        ),
        OpenApiExample("Confirmed", value=_ORDER, response_only=True, status_codes=["201"]),
    ],
}

SHOW_ORDER: dict[str, Any] = {
    "summary": "Show an order",
    "description": (
        "An order is shown to its customer and to the staff of its store. One placed as a guest is shown to whoever "
        "knows its id. A rejected order has its `shortages`."
    ),
    "responses": {200: OrderSerializer, (404, PROBLEM): _NOT_FOUND},
    "examples": [OpenApiExample("Order", value=_ORDER, response_only=True, status_codes=["200"])],
}

CANCEL_ORDER: dict[str, Any] = {
    "summary": "Cancel an order",
    "description": "Put the units of a confirmed order back into stock, once. By its customer or the store's staff.",
    "request": None,
    "responses": {
        200: OrderSerializer,
        (404, PROBLEM): _NOT_FOUND,
        (409, PROBLEM): _refusal(
            "It is not a confirmed order.",
            (
                "Cancelled before",
                _problem(
                    409,
                    "Not cancellable",
                    "the order is cancelled",
                    f"/orders/{_ORDER['id']}/cancel/",
                    order_id=_ORDER["id"],
                    order_status="CANCELLED",
                ),
            ),
        ),
        (429, PROBLEM): _THROTTLED,
    },
    "examples": [
        OpenApiExample("Cancelled", value={**_ORDER, "status": "CANCELLED"}, response_only=True, status_codes=["200"])
    ],
}

LIST_STORE_ORDERS: dict[str, Any] = {
    "responses": {
        200: StoreOrderSerializer(many=True),
        (400, PROBLEM): _refusal("A filter is malformed."),
        (401, PROBLEM): _refusal("Not signed in."),
        (403, PROBLEM): _refusal("Not on the staff of this store."),
        (404, PROBLEM): _refusal("No such store."),
    },
    "summary": "List a store's orders",
    "description": "Newest first, for the store's staff. `total_items` is the units over all lines of an order.",
    "parameters": [StoreOrdersQuery],
}
