"""The real products and stores in `../shared/data`, which are not part of the project."""

import csv
import gzip
import itertools
import json
from decimal import Decimal
from pathlib import Path

import pytest

from products.attribute_values import AttributeKind, AttributeType, canonical_attributes
from products.services import ensure_attributes
from products.upsert import ProductRecord, upsert_products

BATCH = 2_000
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
PRODUCTS, STORES = FOLDER / "products.csv", FOLDER / "stores.csv"
ATTRIBUTES = FOLDER / "attributes.jsonl.gz"

needs_real_data = pytest.mark.skipif(
    not (PRODUCTS.exists() and STORES.exists() and ATTRIBUTES.exists()),
    reason="the real catalogue is not in ../shared/data",
)


def load_real_products(every: int = 1) -> None:
    """Save every so many of the real products with all attributes. One has the type of its first value."""
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        rows = {row["sku"]: row for row in csv.DictReader(file)}
    kinds: dict[str, AttributeKind] = {}
    records: list[ProductRecord] = []
    with gzip.open(ATTRIBUTES, "rt", encoding="utf-8") as lines:
        for found in map(json.loads, itertools.islice(lines, 0, None, every)):
            raw = {code: value for kind in AttributeType for code, value in found.get(kind, {}).items()}
            for kind in AttributeType:
                for code in found.get(kind, {}):
                    kinds.setdefault(code, AttributeKind(kind))
            attributes, _ = canonical_attributes(raw, kinds)
            row = rows[found["sku"]]
            records.append(
                {
                    "sku": row["sku"],
                    "name": row["name"],
                    "brand": row["brand"],
                    "category": row["category"],
                    "price": Decimal(row["price"]),
                    "description": row["description"],
                    "attributes": attributes,
                    "released": None,
                }
            )
    ensure_attributes(kinds=kinds, labels={})
    for start in range(0, len(records), BATCH):
        upsert_products(records=records[start : start + BATCH])
