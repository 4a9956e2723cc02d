"""The store endpoints."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from products.models import Product
from stores import selectors, services
from stores.models import Inventory, Store
from stores.permissions import IsStoreStaff
from stores.serializers import (
    InventoryQuery,
    InventorySerializer,
    StockChangeSerializer,
    StockSerializer,
    StoreSerializer,
)


@extend_schema(summary="List stores", description="Every store, by name.")
class StoreList(generics.ListAPIView[Store]):
    permission_classes = (AllowAny,)
    serializer_class = StoreSerializer
    queryset = selectors.all_stores()


@extend_schema(
    summary="List a store's stock",
    description="What a store stocks, alphabetical by product name, with exact quantities.",
    parameters=[InventoryQuery],
)
class InventoryList(generics.ListAPIView[Inventory]):
    permission_classes = (AllowAny,)
    serializer_class = InventorySerializer
    queryset = Inventory.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Inventory]:
        query = InventoryQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        if not selectors.store_exists(self.kwargs["store_id"]):
            raise Http404("There is no such store.")
        return selectors.inventory_of(self.kwargs["store_id"], **query.validated_data)


class InventoryDetail(APIView):
    permission_classes = (IsStoreStaff,)

    @extend_schema(
        summary="Change stock",
        description=(
            "`set` says how many there are now, or, with `counted_at`, how many there were then: what was sold since "
            "is subtracted again. `adjust` adds units or takes them away. Every change is recorded with who and why."
        ),
        request=StockChangeSerializer,
        responses={
            200: StockSerializer,
            409: OpenApiResponse(description="It would be fewer than none or too many, or a later count is known."),
        },
        examples=[
            OpenApiExample("Set", value={"set": 40, "reason": "inventory day"}, request_only=True),
            OpenApiExample("Counted", value={"set": 40, "counted_at": "2026-11-23T06:00:00Z"}, request_only=True),
            OpenApiExample("Adjust", value={"adjust": -2, "reason": "broken"}, request_only=True),
        ],
    )
    def patch(self, request: Request, store_id: int, product_id: int) -> Response:
        """Set, count or adjust a product's stock at a store."""
        change = StockChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        if not Product.objects.filter(pk=product_id).exists():
            raise Http404("There is no such product.")
        by = {"store_id": store_id, "actor_id": request.user.pk}
        quantity = _change_stock(product_id, {**change.validated_data, **by})
        return Response({"store_id": store_id, "product_id": product_id, "quantity": quantity})


def _change_stock(product_id: int, change: dict[str, Any]) -> int:
    if "adjust" in change:
        return services.adjust_stock(product_id=product_id, delta=change.pop("adjust"), **change)
    if "counted_at" in change:
        return services.count_stock(counts={product_id: change.pop("set")}, **change)[product_id]
    return services.set_stock(product_id=product_id, quantity=change.pop("set"), **change)
