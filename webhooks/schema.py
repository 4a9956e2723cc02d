"""OpenAPI documentation of the webhook endpoints: arguments of `extend_schema`."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from webhooks.serializers import (
    DeliveriesQuery,
    DeliverySerializer,
    NewSecretSerializer,
    RedeliveredSerializer,
    RotationInput,
    SubscriptionInput,
    SubscriptionSerializer,
)

_SUBSCRIPTION: dict[str, Any] = {
    "name": "ERP",
    "url": "https://erp.example.com/hooks/shop",
    "kinds": ["order.cancelled", "order.confirmed"],
}
_EXAMPLE = OpenApiExample("Orders", value=_SUBSCRIPTION, request_only=True)
_NOT_ACTIVE = OpenApiResponse(description="The subscription is not active.")

LIST: dict[str, Any] = {
    "operation_id": "webhooks_list",
    "summary": "List webhook subscriptions",
    "description": "By name, with how their endpoints have answered.",
}
CREATE: dict[str, Any] = {
    "operation_id": "webhooks_create",
    "summary": "Subscribe to events",
    "description": "Events of the kinds are sent to the URL, signed with the secret that this answer alone shows.",
    "request": SubscriptionInput,
    "responses": {201: NewSecretSerializer},
    "examples": [_EXAMPLE],
}
SHOW: dict[str, Any] = {
    "operation_id": "webhooks_retrieve",
    "summary": "Show a subscription",
    "description": "With how its endpoint has answered. The secret is not shown again.",
    "responses": {200: SubscriptionSerializer},
}
CHANGE: dict[str, Any] = {
    "operation_id": "webhooks_partial_update",
    "summary": "Change a subscription",
    "description": "Only the given values. Another URL, or activating it, resets what is known about the endpoint.",
    "request": SubscriptionInput(partial=True),
    "responses": {200: SubscriptionSerializer},
    "examples": [OpenApiExample("Pause", value={"active": False}, request_only=True)],
}
DELETE: dict[str, Any] = {
    "operation_id": "webhooks_destroy",
    "summary": "Delete a subscription",
    "description": "Its deliveries are deleted too: what was not delivered is never sent.",
    "responses": {204: None},
}
ROTATE: dict[str, Any] = {
    "operation_id": "webhooks_rotate_secret",
    "summary": "Make a new secret",
    "description": "For some hours every event is signed with both secrets, so that the receiver can change its own.",
    "request": RotationInput,
    "responses": {200: NewSecretSerializer},
}
TEST: dict[str, Any] = {
    "operation_id": "webhooks_test",
    "summary": "Send a test event",
    "description": "An event of kind `webhook.test`, sent like every other one. The list of deliveries has the result.",
    "request": None,
    "responses": {202: DeliverySerializer, 409: _NOT_ACTIVE},
}
LIST_DELIVERIES: dict[str, Any] = {
    "operation_id": "webhooks_deliveries_list",
    "summary": "List a subscription's deliveries",
    "description": "The newest last.",
    "parameters": [DeliveriesQuery],
}
REDELIVER: dict[str, Any] = {
    "operation_id": "webhooks_deliveries_redeliver",
    "summary": "Send an event again",
    "description": "Of a delivery that has arrived or is parked. It may arrive after later events of its subject.",
    "request": None,
    "responses": {202: RedeliveredSerializer},
}
REDELIVER_PARKED: dict[str, Any] = {
    "operation_id": "webhooks_redeliver",
    "summary": "Send all parked events again",
    "description": "Those of the subscription. Each may arrive after later events of its subject.",
    "request": None,
    "responses": {202: RedeliveredSerializer},
}
