"""A product as staff read and write it, the ETag of that state, and what everybody may read of it."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings

from products.models import Product
from products.pictures import source
from products.specifications import public_attributes

ETAG_BYTES = 16
CONTENT = (
    "sku",
    "name",
    "brand",
    "category",
    "price",
    "list_price",
    "description",
    "attributes",
    "gtins",
    "images",
    "released",
    "active",
)
RECORDED = ("popularity", "created_at", "updated_at")  # by the shop itself


def content_of(product: Product) -> dict[str, Any]:
    """The values that writers set; `category` is a path or None. `PUT` accepts exactly this."""
    return {name: getattr(product, name) for name in CONTENT} | {
        "category": product.category.path if product.category else None
    }


def representation(product: Product) -> dict[str, Any]:
    """The content with the id, and with what the shop records."""
    recorded = {name: getattr(product, name) for name in RECORDED}
    return {"id": product.pk, "currency": settings.CURRENCY, **content_of(product), **recorded}


def public_representations(products: Sequence[Product]) -> list[dict[str, Any]]:
    """The products as everybody may read them, with addresses of the pictures. One query."""
    attributes = public_attributes(products)
    return [
        {
            "id": product.pk,
            **{name: value for name, value in content_of(product).items() if name != "active"},
            "currency": settings.CURRENCY,
            "attributes": attributes[product.pk].values,
            "specifications": attributes[product.pk].specifications,
            "images": [{"url": source(image["url"]), "alt": image["alt"]} for image in product.images],
        }
        for product in products
    ]


def etag(product: Product) -> str:
    """A strong ETag: it changes with whatever a writer decides, by whatever means that was changed."""
    return etag_of(product.pk, content_of(product))


def etag_of(product_id: int | None, content: Mapping[str, Any]) -> str:
    """No two products share one, even with equal content."""
    state = orjson.dumps([product_id, content], default=_plain, option=orjson.OPT_SORT_KEYS)
    return f'"{hashlib.blake2b(state, digest_size=ETAG_BYTES).hexdigest()}"'


def _plain(value: object) -> str:
    """Money, the same whether it comes from a request or from a column with more decimals."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
