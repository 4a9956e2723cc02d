from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import idempotency
from foundation.parameters import StrictParameters
from foundation.public_lists import PublicList
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
class StoreList(StrictParameters, PublicList[Store]):
    permission_classes = (AllowAny,)
    serializer_class = StoreSerializer
    queryset = selectors.all_stores()


@extend_schema(
    summary="List a store's stock",
    description=("A store's stock by product name, with exact quantities. Only the store's staff see hidden products."),
    parameters=[InventoryQuery],
)
class InventoryList(StrictParameters, PublicList[Inventory]):
    parameters_class = InventoryQuery
    permission_classes = (AllowAny,)
    serializer_class = InventorySerializer
    queryset = Inventory.objects.none()  # for the schema

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not selectors.store_exists(kwargs["store_id"]):
            raise Http404("There is no such store.")

    def get_queryset(self) -> QuerySet[Inventory]:
        store_id: int = self.kwargs["store_id"]
        works_there = self.request.user.is_authenticated and selectors.works_at(self.request.user, store_id)
        return selectors.inventory_of(store_id, **self.parameters, hidden_too=works_there)


class InventoryDetail(StrictParameters):
    permission_classes = (IsStoreStaff,)

    @extend_schema(
        summary="Change stock",
        description=(
            "`set` is the quantity now, or, with `counted_at`, the quantity at that time: sales since then are "
            "subtracted. `adjust` adds units or, when negative, subtracts them. Every change is recorded with who "
            "and why. With an `Idempotency-Key` the request can be repeated safely for 24 hours: it changes stock "
            "once and gives the same answer. A count can be repeated without a key."
        ),
        parameters=[idempotency.HEADER],
        request=StockChangeSerializer,
        responses={
            200: StockSerializer,
            409: OpenApiResponse(
                description="The quantity would be negative or too large, or a later count is recorded."
            ),
            422: OpenApiResponse(description="The key was used with another change."),
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
        facts = {**change.validated_data, "store_id": store_id, "actor_id": request.user.pk}
        key = idempotency.key_of(request, {**facts, "product_id": product_id})
        if "adjust" in facts:
            quantity = services.adjust_stock(product_id=product_id, delta=facts.pop("adjust"), key=key, **facts)
        elif "counted_at" in facts:  # a repeated count needs no key
            quantity = services.count_stock(counts={product_id: facts.pop("set")}, **facts)[product_id]
        else:
            quantity = services.set_stock(product_id=product_id, quantity=facts.pop("set"), key=key, **facts)
        return Response({"store_id": store_id, "product_id": product_id, "quantity": quantity})
