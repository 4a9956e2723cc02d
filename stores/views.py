from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from foundation import idempotency
from foundation.parameters import Parameters, StrictParameters
from foundation.public_lists import PublicList
from foundation.shared_caches import PublicRead
from products.models import Product
from products.permissions import CHANGE
from products.representation import etag, public_representations
from products.selectors import shown_product, shown_products
from products.views import WritesProduct
from stores import schema, selectors, services
from stores.models import Inventory, Store
from stores.permissions import IsStoreStaff
from stores.serializers import (
    FoundStoreSerializer,
    InventoryQuery,
    InventorySerializer,
    ProductsAskedFor,
    ProductStockSerializer,
    StockChangeSerializer,
    StockQuery,
    StockSerializer,
    StoreQuery,
    StoreSerializer,
    StoresQuery,
)


@extend_schema(**schema.LIST_STORES)
class StoreList(PublicRead, StrictParameters, PublicList[Store]):
    parameters_class = StoresQuery
    permission_classes = (AllowAny,)
    serializer_class = FoundStoreSerializer
    queryset = selectors.all_stores()  # for the schema

    def get_queryset(self) -> QuerySet[Store]:
        return selectors.matching_stores(**self.parameters)


class StoreDetail(PublicRead, StrictParameters):
    permission_classes = (AllowAny,)

    @extend_schema(**schema.SHOW_STORE)
    def get(self, request: Request, store_id: int) -> Response:
        del request
        store = selectors.all_stores().filter(pk=store_id).first()
        if store is None:
            raise Http404("There is no such store.")
        return Response(StoreSerializer(store).data)


class ProductDetail(PublicRead, WritesProduct):
    """Read by the product's id or SKU, by anyone; written by its SKU, which may have digits only too."""

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method in SAFE_METHODS else super().get_permissions()

    @property
    def parameters_class(self) -> type[Parameters]:  # type: ignore[override] # read once per request
        return StoreQuery if self.request.method in SAFE_METHODS else Parameters

    @extend_schema(**schema.SHOW_PRODUCT)
    def get(self, request: Request, sku: str) -> Response:
        product = _shown_or_404(sku)
        # For If-Match of those who write. The answer's own would change with the stock.
        headers = {"ETag": etag(product)} if request.user.has_perm(CHANGE) else {}
        return Response(_with_stock([product], **self.parameters)[0], headers=headers)


class ProductBatch(PublicRead, StrictParameters):
    parameters_class = ProductsAskedFor
    permission_classes = (AllowAny,)

    @extend_schema(**schema.SHOW_PRODUCTS)
    def get(self, request: Request) -> Response:
        del request
        wanted = dict(self.parameters)
        products = shown_products(ids=wanted.pop("id", ()), skus=wanted.pop("sku", ()))
        return Response({"products": _with_stock(products, **wanted)})


@extend_schema(**schema.LIST_STOCK_OF_PRODUCT)
class ProductStock(StrictParameters, PublicList[Inventory]):
    parameters_class = StockQuery
    permission_classes = (AllowAny,)
    serializer_class = ProductStockSerializer
    queryset = Inventory.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Inventory]:
        return selectors.stock_of_product(_shown_or_404(self.kwargs["sku"]).pk, **self.parameters)


def _shown_or_404(reference: str) -> Product:
    product = shown_product(reference)
    if product is None:
        raise Http404("There is no such product.")
    return product


def _with_stock(products: Sequence[Product], *, store_id: int | None = None) -> list[dict[str, Any]]:
    """What anybody may read of the products, and whether they are in stock: three queries at most."""
    ids = [product.pk for product in products]
    stores = selectors.stores_with_stock(ids)
    quantities = selectors.quantities(store_id, ids) if store_id is not None else None
    shown = public_representations(products)
    for one in shown:
        stock: dict[str, Any] = {"in_stock": stores[one["id"]] > 0, "stores": stores[one["id"]]}
        if quantities is not None:
            stock |= {"quantity": quantities[one["id"]], "in_stock": quantities[one["id"]] > 0}
        one["stock"] = stock
    return shown


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
