"""The order endpoints."""

import uuid
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import idempotency
from foundation.pagination import NewestFirst
from foundation.parameters import Parameters, StrictParameters
from orders import schema, services
from orders.models import Order
from orders.permissions import MayOrder
from orders.receipts import receipt_of
from orders.selectors import order_for, orders_of_customer, orders_of_store
from orders.serializers import CustomerOrderSerializer, OrderInput, OrdersQuery, StoreOrderSerializer
from stores.permissions import IsStoreStaff

# Shared, as it has no state: creating a serializer copies its fields, which takes longer than the
# validation.
ORDER_INPUT = OrderInput()


class OrderList(StrictParameters, generics.GenericAPIView[Order]):
    """The signed-in customer's orders; and where orders are placed."""

    serializer_class = CustomerOrderSerializer
    queryset = Order.objects.none()  # for the schema

    @property
    def reads(self) -> bool:
        return self.request.method in SAFE_METHODS

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()] if self.reads else [MayOrder()]

    @property
    def throttle_scope(self) -> str:
        return "api" if self.reads else "orders"

    @property
    def parameters_class(self) -> type[Parameters]:  # type: ignore[override] # read once per request
        return OrdersQuery if self.reads else Parameters

    @property
    def pagination_class(self) -> type[NewestFirst] | None:  # type: ignore[override] # read once per request
        return NewestFirst if self.reads else None

    @extend_schema(**schema.LIST_OWN_ORDERS)
    def get(self, request: Request) -> Response:
        """List your own orders."""
        orders = self.paginate_queryset(orders_of_customer(cast("int", request.user.pk), **self.parameters))
        return self.get_paginated_response(self.get_serializer(orders, many=True).data)

    @extend_schema(**schema.PLACE_ORDER)
    def post(self, request: Request) -> Response:
        """Place an order."""
        body = ORDER_INPUT.run_validation(request.data)
        order: dict[str, Any] = {
            "store_id": body["store_id"],
            "lines": [services.Line(**line) for line in body["items"]],
            "expected_total": body.get("expected_total"),
            "idempotency_key": idempotency.key_of(request, body),
        }
        if request.user.is_authenticated:
            email = body.get("email") or getattr(request.user, "email", "")
            placed = services.place_order(customer_id=request.user.pk, email=email, **order)
        else:
            placed = services.place_guest_order(email=body.get("email", ""), **order)
        return Response(placed, status=status.HTTP_201_CREATED)


def _order(request: Request, order_id: uuid.UUID) -> Order:
    return order_for(request.user, order_id, token=request.headers.get(schema.TOKEN_HEADER, ""))


class OrderDetail(StrictParameters):
    permission_classes = (AllowAny,)  # `order_for` decides

    @extend_schema(**schema.SHOW_ORDER)
    def get(self, request: Request, order_id: uuid.UUID) -> Response:
        """Show an order."""
        return Response(receipt_of(_order(request, order_id)))


class OrderCancel(StrictParameters):
    permission_classes = (AllowAny,)  # `order_for` decides

    @extend_schema(**schema.CANCEL_ORDER)
    def post(self, request: Request, order_id: uuid.UUID) -> Response:
        """Cancel an order."""
        order = _order(request, order_id)
        return Response(services.cancel_order(order_id=order.pk))


@extend_schema(**schema.LIST_STORE_ORDERS)
class StoreOrderList(StrictParameters, generics.ListAPIView[Order]):
    parameters_class = OrdersQuery
    permission_classes = (IsStoreStaff,)
    serializer_class = StoreOrderSerializer
    pagination_class = NewestFirst
    queryset = Order.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Order]:
        return orders_of_store(self.kwargs["store_id"], **self.parameters)
