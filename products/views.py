import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.pagination import ById
from foundation.parameters import Parameters, StrictParameters
from foundation.shared_caches import PublicRead
from products import operations, schema
from products.errors import WriteError
from products.models import Product, ProductQuerySet
from products.operations import Method, Operation, Result, Written
from products.permissions import MayReadAllProducts, MayWriteProducts, may_create
from products.representation import etag, representation
from products.selectors import category_tree, find_products
from products.serializers import BulkInput, OneSku, ProductsQuery, StaffProductSerializer

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_CONDITION = re.compile(rf"\s*\*\s*|[\s,]*{_TAG.pattern}(?:\s*,[\s,]*{_TAG.pattern})*[\s,]*")


class WritesProducts(StrictParameters):
    """A base of views that write one product."""

    def get_permissions(self) -> list[BasePermission]:
        return [MayWriteProducts()]

    @property
    def throttle_scope(self) -> str:
        return "api" if self.request.method in SAFE_METHODS else "catalogue"

    def _write(self, method: Method, sku: str, values: Mapping[str, Any]) -> Response:
        operation = Operation(
            method,
            sku,
            values,
            if_match=_etags(self.request, "If-Match"),
            if_none_match=_etags(self.request, "If-None-Match"),
        )
        written = operations.write(operation, may_create=may_create(self.request))
        created = written.result == Result.CREATED
        return _response(written.product, status.HTTP_201_CREATED if created else status.HTTP_200_OK)


class WritesProduct(WritesProducts):
    """Writes the product whose SKU is in the path."""

    @extend_schema(**schema.PUT_PRODUCT)
    def put(self, request: Request, sku: str) -> Response:
        return self._write(Method.PUT, sku, _object(request.data))

    @extend_schema(**schema.PATCH_PRODUCT)
    def patch(self, request: Request, sku: str) -> Response:
        return self._write(Method.PATCH, sku, _object(request.data))

    @extend_schema(**schema.DEACTIVATE_PRODUCT)
    def delete(self, request: Request, sku: str) -> Response:
        del request
        return self._write(Method.DELETE, sku, {})


@extend_schema_view(get=extend_schema(**schema.LIST_PRODUCTS))
class ProductList(WritesProducts, generics.ListAPIView[Product]):
    """Reads the list; writes the product whose SKU is a parameter, since a path cannot have every SKU ('..')."""

    pagination_class = ById
    serializer_class = StaffProductSerializer
    queryset = Product.objects.none()  # for the schema

    def get_permissions(self) -> list[BasePermission]:
        return [MayReadAllProducts()] if self.request.method in SAFE_METHODS else super().get_permissions()

    @property
    def parameters_class(self) -> type[Parameters]:  # type: ignore[override] # read once per request
        return OneSku if self.request.method in set(Method) else ProductsQuery

    def get_object(self) -> Product:
        raise Http404  # DRF reads it for OPTIONS of a view with PUT

    def get_queryset(self) -> ProductQuerySet:
        return find_products(**self.parameters)

    @extend_schema(**schema.PUT_BY_QUERY)
    def put(self, request: Request) -> Response:
        return self._write(Method.PUT, self.parameters["sku"], _object(request.data))

    @extend_schema(**schema.PATCH_BY_QUERY)
    def patch(self, request: Request) -> Response:
        return self._write(Method.PATCH, self.parameters["sku"], _object(request.data))

    @extend_schema(**schema.DEACTIVATE_BY_QUERY)
    def delete(self, request: Request) -> Response:
        del request
        return self._write(Method.DELETE, self.parameters["sku"], {})


class CategoryTree(PublicRead, StrictParameters):
    permission_classes = (AllowAny,)

    @extend_schema(**schema.CATEGORIES)
    def get(self, request: Request) -> Response:
        del request
        return Response({"categories": category_tree()})


@extend_schema_view(**schema.BY_SKU)
class ProductBySku(WritesProduct):
    """The same product in every method: for SKUs that an id or another address could be taken for."""

    def get_permissions(self) -> list[BasePermission]:
        return [MayReadAllProducts()] if self.request.method in SAFE_METHODS else super().get_permissions()

    @extend_schema(**schema.SHOW_PRODUCT_BY_SKU)
    def get(self, request: Request, sku: str) -> Response:
        del request
        product = find_products(skus=[sku]).first() if "\0" not in sku else None
        if product is None:
            raise Http404("There is no such product.")
        return _response(product)


class ProductBulk(StrictParameters):
    permission_classes = (MayWriteProducts,)
    throttle_scope = "catalogue"
    max_body_size = 8 * 1024 * 1024  # bytes; read by the parser

    @extend_schema(**schema.BULK)
    def post(self, request: Request) -> Response:
        body = BulkInput(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.operations_to_apply()
        outcomes = operations.write_all(wanted, may_create=may_create(request))
        results = [_result(outcome) for outcome in outcomes]
        return Response({"results": [{"sku": one.sku, **found} for one, found in zip(wanted, results, strict=True)]})


def _etags(request: Request, header: str) -> list[str]:
    """The quoted ETags of a condition, or '*'. One that cannot be read is a ValidationError, not no condition."""
    given = request.headers.get(header)
    if given is None:
        return []
    if not _CONDITION.fullmatch(given):
        raise ValidationError({header: ['This is not a list of ETags such as "5f0c...", or *.']})
    return [found[0] for found in _TAG.finditer(given)] or ["*"]


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise ParseError("The body is not an object with the product's values.")
    return data


def _response(product: Product, code: int = status.HTTP_200_OK) -> Response:
    return Response(representation(product), status=code, headers={"ETag": etag(product)})


def _result(outcome: Written | WriteError) -> dict[str, Any]:
    if isinstance(outcome, WriteError):
        return {"result": outcome.result, "detail": str(outcome), **outcome.members}
    return {"result": outcome.result, "id": outcome.product.pk, "etag": etag(outcome.product)}
