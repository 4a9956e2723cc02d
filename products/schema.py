"""OpenAPI documentation of the product endpoints: arguments of `extend_schema`."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from foundation.examples import answer
from foundation.problems import ProblemDetailsSerializer
from products.serializers import (
    BulkInput,
    BulkResult,
    CategoryTreeSerializer,
    OneSku,
    ProductInput,
    ProductsQuery,
    StaffProductSerializer,
)

_ENCODED = "Percent-encoded, as %2F for a slash; a slash itself is taken too."
ID_OR_SKU = OpenApiParameter(
    "sku",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="To read: the product's id, or a SKU that is not a number. To write: its SKU, which may be digits too. "
    + _ENCODED,
)
_SKU = OpenApiParameter("sku", OpenApiTypes.STR, OpenApiParameter.PATH, description=f"The SKU. {_ENCODED}")
_IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="Write only if the product has this ETag."
)
_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="`*`: write only if there is no such SKU."
)
CONTENT: dict[str, Any] = {
    "sku": "TES-LAP-00024",
    "name": "Tessarix Aero 14 inch Laptop, 8 GB RAM, 512 GB SSD, Silver",
    "brand": "Tessarix",
    "category": "Computers > Laptops",
    "price": "539.00",
    "list_price": "599.00",
    "currency": "USD",
    "description": "A fingerprint reader signs you in; a shutter covers the webcam.",
    "attributes": {"memory": 8, "screen": 14, "touchscreen": False, "colour": "Silver"},
    "gtins": ["04006381333931"],
    "images": [{"url": "https://images.example/aero-14.jpg", "alt": "Open, from the front"}],
    "released": "2021-05-04",
}
_STAFF = {
    "id": 24,
    **CONTENT,
    "active": True,
    "popularity": 12,
    "created_at": "2026-11-23T06:30:00.123456Z",
    "updated_at": "2026-11-23T06:30:00.123456Z",
}
_CHANGED = OpenApiResponse(ProblemDetailsSerializer, "The product has another ETag: `etag`. Nothing was written.")
_FORBIDDEN = OpenApiResponse(ProblemDetailsSerializer, "No permission to change products, or to create one.")
_INVALID = OpenApiResponse(ProblemDetailsSerializer, "Bad values: `errors` names every field. Nothing was written.")
_UNKNOWN = OpenApiResponse(ProblemDetailsSerializer, "There is no product with this SKU.")
_WRITTEN = OpenApiResponse(StaffProductSerializer, "The product as it is now, with its new ETag in the header.")


CATEGORIES: dict[str, Any] = {
    "operation_id": "categories",
    "summary": "Show the tree of categories",
    "description": "With the number of products in each, counted at most a minute ago. Siblings are in order of name.",
    "responses": {200: CategoryTreeSerializer},
    "examples": [
        answer(
            "Two levels",
            {
                "categories": [
                    {
                        "id": 1,
                        "name": "Computers",
                        "path": "Computers",
                        "count": 12,
                        "children": [
                            {"id": 2, "name": "Laptops", "path": "Computers > Laptops", "count": 7, "children": []}
                        ],
                    }
                ]
            },
        )
    ],
}

SHOW_PRODUCT_BY_SKU: dict[str, Any] = {
    "operation_id": "products_sku_retrieve",
    "summary": "Show a product by SKU",
    "description": "For staff who may see products: hidden ones too, with everything that can be written.",
    "parameters": [_SKU],
    "responses": {200: StaffProductSerializer},
    "examples": [answer("Product", _STAFF)],
}

LIST_PRODUCTS: dict[str, Any] = {
    "summary": "List products",
    "description": (
        "For staff who may see products: hidden ones too, in the order of their ids. `id` and `sku` repeat, "
        "up to 100 each; those that do not exist are left out."
    ),
    "parameters": [ProductsQuery],
}


def _write(operation: str, **documented: Any) -> dict[str, Any]:
    responses = {200: _WRITTEN, 400: _INVALID, 403: _FORBIDDEN, 412: _CHANGED} | documented.pop("responses", {})
    headers = [ID_OR_SKU, _IF_MATCH, _IF_NONE_MATCH]
    return {"operation_id": operation, "parameters": headers, **documented, "responses": responses}


PUT_PRODUCT = _write(
    "products_update",
    summary="Create or replace a product",
    description=(
        "All its values: one that is left out gets its default, and `active` is true by default. Values are validated "
        "as in an import. Missing categories and attributes are created."
    ),
    request=ProductInput,
    responses={201: OpenApiResponse(StaffProductSerializer, "Created.")},
    examples=[OpenApiExample("Product", value={**CONTENT, "active": True}, request_only=True)],
)

PATCH_PRODUCT = _write(
    "products_partial_update",
    summary="Change a product",
    description=(
        "Only the given values. Attributes are merged by code, and null removes one; gtins and images are replaced."
    ),
    request=ProductInput,
    examples=[
        OpenApiExample("Price", value={"price": "499.00", "list_price": "539.00"}, request_only=True),
        OpenApiExample("Attributes", value={"attributes": {"memory": 16, "colour": None}}, request_only=True),
    ],
)

DEACTIVATE_PRODUCT = _write(
    "products_destroy",
    summary="Deactivate a product",
    description="It can be neither found nor ordered any more. Orders keep it, so it is not deleted.",
    request=None,
)

# The same at the other addresses.
_BY_QUERY = {"parameters": [OneSku, _IF_MATCH, _IF_NONE_MATCH]}
PUT_BY_QUERY = {**PUT_PRODUCT, **_BY_QUERY, "operation_id": "products_named_update"}
_OF_KNOWN = {**_BY_QUERY, "responses": {**PATCH_PRODUCT["responses"], 404: _UNKNOWN}}
PATCH_BY_QUERY = {**PATCH_PRODUCT, **_OF_KNOWN, "operation_id": "products_named_partial_update"}
DEACTIVATE_BY_QUERY = {**DEACTIVATE_PRODUCT, **_OF_KNOWN, "operation_id": "products_named_destroy"}
BY_SKU = {
    "put": extend_schema(operation_id="products_sku_update", parameters=[_SKU]),
    "patch": extend_schema(operation_id="products_sku_partial_update", parameters=[_SKU]),
    "delete": extend_schema(operation_id="products_sku_destroy", parameters=[_SKU]),
}

BULK: dict[str, Any] = {
    "operation_id": "products_bulk",
    "summary": "Write up to 1,000 products",
    "description": (
        "Operations like `PUT`, `PATCH` and `DELETE` of one product, applied in their order in one transaction. Each "
        "has a result in the same place; one that fails writes nothing and does not stop the others. The body may "
        "have 8 MiB."
    ),
    "request": BulkInput,
    "responses": {200: BulkResult, 403: _FORBIDDEN},
    "examples": [
        OpenApiExample(
            "Three operations",
            value={
                "operations": [
                    {"method": "PUT", "sku": "L-1", "product": {"name": "Lamp", "price": "12.50"}},
                    {"method": "PATCH", "sku": "L-2", "product": {"price": "9.95"}, "if_match": '"5f0c..."'},
                    {"method": "DELETE", "sku": "L-3"},
                ]
            },
            request_only=True,
        ),
        answer(
            "Two succeeded",
            {
                "results": [
                    {"sku": "L-1", "result": "created", "id": 7, "etag": '"91ab..."'},
                    {
                        "sku": "L-2",
                        "result": "changed",
                        "detail": "The product is not in the state that the request expects: its ETag is now ...",
                        "etag": '"77d0..."',
                    },
                    {"sku": "L-3", "result": "updated", "id": 9, "etag": '"0c3e..."'},
                ]
            },
        ),
    ],
}
