"""Names of the operations, as generated clients call their functions, and what applies to every one of a kind."""

import re
from typing import Any

from backend.api.routes import SEARCH_PATHS

# Published: a changed name breaks every generated client. A route without a name here gets one by the rule below.
NAMES = {
    ("post", "/auth/password/reset/"): "requestPasswordReset",
    ("post", "/auth/password/reset/confirm/"): "confirmPasswordReset",
    ("post", "/auth/register/"): "register",
    ("post", "/auth/token/"): "signIn",
    ("delete", "/auth/token/"): "signOut",
    ("get", "/categories/"): "listCategories",
    ("get", "/config/"): "getConfig",
    ("get", "/orders/"): "listOrders",
    ("post", "/orders/"): "placeOrder",
    ("get", "/orders/{order_id}/"): "getOrder",
    ("post", "/orders/{order_id}/cancel/"): "cancelOrder",
    ("get", "/products/"): "listProducts",
    ("put", "/products/"): "replaceProductByQuery",
    ("patch", "/products/"): "updateProductByQuery",
    ("delete", "/products/"): "deleteProductByQuery",
    ("get", "/products/{sku}/"): "getProduct",
    ("put", "/products/{sku}/"): "replaceProduct",
    ("patch", "/products/{sku}/"): "updateProduct",
    ("delete", "/products/{sku}/"): "deleteProduct",
    ("get", "/products/{sku}/stock/"): "listProductStock",
    ("get", "/products/batch/"): "getProducts",
    ("post", "/products/bulk/"): "writeProducts",
    ("get", "/products/sku/{sku}/"): "getProductBySku",
    ("put", "/products/sku/{sku}/"): "replaceProductBySku",
    ("patch", "/products/sku/{sku}/"): "updateProductBySku",
    ("delete", "/products/sku/{sku}/"): "deleteProductBySku",
    ("post", "/search/clicks/"): "recordClick",
    ("post", "/search/multi/"): "searchSeveral",
    ("get", "/search/products/"): "searchProducts",
    ("post", "/search/products/"): "searchProductsByBody",
    ("get", "/search/suggest/"): "suggest",
    ("post", "/search/suggest/"): "suggestByBody",
    ("get", "/stores/"): "listStores",
    ("get", "/stores/{store_id}/"): "getStore",
    ("get", "/stores/{store_id}/inventory/"): "listInventory",
    ("patch", "/stores/{store_id}/inventory/{product_id}/"): "changeStock",
    ("get", "/stores/{store_id}/orders/"): "listStoreOrders",
    ("get", "/webhooks/"): "listWebhooks",
    ("post", "/webhooks/"): "createWebhook",
    ("get", "/webhooks/{subscription_id}/"): "getWebhook",
    ("patch", "/webhooks/{subscription_id}/"): "updateWebhook",
    ("delete", "/webhooks/{subscription_id}/"): "deleteWebhook",
    ("get", "/webhooks/{subscription_id}/deliveries/"): "listDeliveries",
    ("post", "/webhooks/{subscription_id}/deliveries/{delivery_id}/redeliver/"): "redeliver",
    ("post", "/webhooks/{subscription_id}/redeliver/"): "redeliverAll",
    ("post", "/webhooks/{subscription_id}/rotate-secret/"): "rotateWebhookSecret",
    ("post", "/webhooks/{subscription_id}/test/"): "testWebhook",
}
TAGS = {
    "auth": "Accounts and tokens",
    "categories": "The tree of categories",
    "config": "What a front end needs to know of the shop",
    "orders": "Orders: all lines or none",
    "products": "Products, to read and to write",
    "search": "Search and completions, open to everybody",
    "stores": "Stores, their stock and their orders",
    "webhooks": "Events for other systems",
}
API_KEY = {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "Of a front end; optional by default."}


def name_operations(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Hook of drf-spectacular."""
    used = set()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            camel_case = re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), operation["operationId"])
            operation["operationId"] = NAMES.get((method, path), camel_case)
            used.update(operation["tags"])
            _without_addresses(operation["responses"])
            if path in SEARCH_PATHS:
                operation["security"] = [{"apiKey": []}, {}]
    result["components"]["securitySchemes"]["apiKey"] = API_KEY
    result["tags"] = [{"name": tag, "description": TAGS.get(tag, tag)} for tag in sorted(used)]
    for name, schema in result["components"]["schemas"].items():
        if name.startswith("Paginated"):  # DRF's examples of addresses cannot be requested
            for neighbour in ("next", "previous"):
                schema["properties"].get(neighbour, {}).pop("example", None)
    return result


def _without_addresses(responses: dict[str, Any]) -> None:
    """Examples of pages have DRF's made-up address of the next one, with braces."""
    for response in responses.values():
        for content in response.get("content", {}).values():
            for example in content.get("examples", {}).values():
                if isinstance(example.get("value"), dict) and "results" in example["value"]:
                    example["value"] |= {name: None for name in ("next", "previous") if name in example["value"]}
