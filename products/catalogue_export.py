"""Products as `import_catalogue` reads them: importing an export changes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from products.attribute_values import AttributeType, code_for, number_text
from products.catalogue_files import cells
from products.catalogue_files.attribute_columns import is_placeholder
from products.catalogue_files.columns import ATTRIBUTE, folded
from products.models import Attribute, Product
from products.tables import BATCH

FIELDS = (
    *("sku", "name", "brand", "category", "price", "list_price", "description", "gtins", "images", "released"),
    "active",
)


def csv_header(attributes: Sequence[Attribute]) -> list[str]:
    labels = [folded(attribute.label) for attribute in attributes]
    return [
        *FIELDS,
        *(_header(attribute, is_unique=labels.count(folded(attribute.label)) == 1) for attribute in attributes),
    ]


def csv_rows(attributes: Sequence[Attribute]) -> Iterator[list[str]]:
    for product in _products():
        values = {
            **_texts(product),
            "gtins": " ".join(product.gtins),
            "images": orjson.dumps(product.images).decode() if product.images else "",
            "active": _cell(product.active),
        }
        yield [
            *(values[name] for name in FIELDS),
            *(_cell(product.attributes.get(attribute.code)) for attribute in attributes),
        ]


def json_rows(types: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """`types` are those of the attributes by code. Empty values are left out."""
    for product in _products():
        groups: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for code, value in product.attributes.items():
            groups[types.get(code, "attributes")][code] = _written(value)
        row = {**_texts(product), "gtins": product.gtins, "images": product.images, **groups}
        yield {name: value for name, value in row.items() if value} | {"active": product.active}


def _products() -> Iterator[Product]:
    return Product.objects.select_related("category").order_by("id").iterator(chunk_size=BATCH)


def _texts(product: Product) -> dict[str, str]:
    line = cells.clean_line
    return {
        "sku": cells.literal(product.sku, cells.clean_code),
        "name": cells.literal(product.name, line),
        "brand": cells.literal(product.brand, line),
        "category": cells.literal(product.category.path, line) if product.category else "",
        "price": str(product.price),
        "list_price": "" if product.list_price is None else str(product.list_price),
        "description": cells.literal(product.description, cells.clean),
        "released": product.released.isoformat() if product.released else "",
    }


def _header(attribute: Attribute, *, is_unique: bool) -> str:
    """The label and unit if an import derives the same code from them, also in a new shop; otherwise the code."""
    label = attribute.label
    if not is_unique or code_for(label) != attribute.code or "[" in label or cells.clean_line(label) != label:
        return f"{ATTRIBUTE}{attribute.code}"
    unit = f" [{attribute.unit}]" if attribute.type == AttributeType.NUMBER and attribute.unit else ""
    return f"{ATTRIBUTE}{label}{unit}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    return orjson.dumps(_written(value)).decode() if isinstance(value, list) else str(_written(value))


def _written(value: Any) -> Any:
    """A value of an attribute in JSON."""
    if isinstance(value, list):
        return [_written(item) for item in value]
    if not isinstance(value, str):
        return value
    # In a cell, a list begins with a bracket.
    is_read_otherwise = value.startswith("[") or is_placeholder(value)
    return cells.references(value) if is_read_otherwise else cells.literal(value, cells.clean_line)
