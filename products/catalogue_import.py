"""The columns of a products file."""

from collections.abc import Sequence

from products import csv_fields
from products.attribute_values import AttributeKind, AttributeType
from products.csv_table import Record, Table
from products.models import Product
from products.services import ProductRecord, ensure_attributes, upsert_products

COLOUR_LENGTH = 100


def save(records: Sequence[Record]) -> tuple[int, int]:
    products: list[ProductRecord] = [
        {
            "sku": record["sku"],
            "name": record["name"],
            "brand": record["brand"],
            "category": record["category"],
            "price": record["price"],
            "description": record["description"],
            "attributes": {"colour": record["colour"] or None},
            "released": record["released"],
        }
        for record in records
    ]
    ensure_attributes(kinds={"colour": AttributeKind(AttributeType.TEXT)}, labels={"colour": "Colour"})
    return upsert_products(records=products)


PRODUCTS = Table(
    name="products",
    key="sku",
    columns={
        "sku": csv_fields.fitting(Product.sku.field, required=True),
        "name": csv_fields.fitting(Product.name.field, required=True),
        "brand": csv_fields.fitting(Product.brand.field),
        "category": csv_fields.category_path,
        "price": csv_fields.price,
        "description": csv_fields.text,
        "colour": csv_fields.line_of_text(COLOUR_LENGTH),
        "released": csv_fields.iso_date,
    },
    save=save,
)
