"""OpenAPI documentation of what anybody may read of stores and of products with their stock."""

from typing import Any

from foundation.examples import answer
from products.schema import CONTENT, ID_OR_SKU
from products.serializers import MAX_NAMED
from stores.serializers import (
    ProductsAskedFor,
    ShopProductSerializer,
    ShopProductsSerializer,
    StockQuery,
    StoreQuery,
    StoreSerializer,
    StoresQuery,
)

_STORE: dict[str, Any] = {
    "id": 3,
    "code": "1021",
    "name": "Main Street",
    "address": "12 Main Street",
    "city": "Minneapolis",
    "state": "MN",
    "zip": "55401",
    "latitude": "44.980000",
    "longitude": "-93.270000",
}
_PRODUCT: dict[str, Any] = {
    "id": 24,
    **CONTENT,
    "specifications": [{"code": "memory", "label": "Memory", "text": "8\u00a0GB"}],
    "stock": {"in_stock": True, "stores": 17, "quantity": 2},
}


LIST_STORES: dict[str, Any] = {
    "summary": "List stores",
    "description": "By name, or the nearest first. `q` and `city` ignore case and accents.",
    "parameters": [StoresQuery],
    "examples": [answer("A store", {**_STORE, "distance_km": 1.2})],
}
SHOW_STORE: dict[str, Any] = {
    "operation_id": "stores_retrieve",
    "summary": "Show a store",
    "description": "Its address and, if it is known, its position.",
    "responses": {200: StoreSerializer},
    "examples": [answer("A store", _STORE)],
}
SHOW_PRODUCT: dict[str, Any] = {
    "operation_id": "products_retrieve",
    "summary": "Show a product",
    "description": (
        "The product with this id, or with a SKU that is not a number, for anyone: its specifications and whether it "
        "is in stock; `store_id` adds the units at a store. A hidden product is not found. "
        "Staff get the ETag for writes."
    ),
    "parameters": [ID_OR_SKU, StoreQuery],
    "responses": {200: ShopProductSerializer},
    "examples": [answer("Product", _PRODUCT)],
}
SHOW_PRODUCTS: dict[str, Any] = {
    "operation_id": "products_batch",
    "summary": "Show several products",
    "description": (
        f"Up to {MAX_NAMED} by id or SKU, for anyone, in the order of the request, ids first. Those that do not exist "
        "or are hidden are left out."
    ),
    "parameters": [ProductsAskedFor],
    "responses": {200: ShopProductsSerializer},
    "examples": [answer("Products", {"products": [_PRODUCT]})],
}
LIST_STOCK_OF_PRODUCT: dict[str, Any] = {
    "summary": "List a product's stock across stores",
    "description": (
        "The stores that stock it, by name or the nearest first, with exact quantities. The product is named by id, or "
        "by a SKU that is not a number."
    ),
    "parameters": [ID_OR_SKU, StockQuery],
    "examples": [answer("A store", {"store": _STORE, "quantity": 2, "in_stock": True, "distance_km": 1.2})],
}
