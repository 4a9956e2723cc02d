"""Details of demo products: typed attributes, GTINs, list prices, and a few small pictures."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from random import Random

from products import gtin
from products.attribute_values import AttributeKind, AttributeType, canonical_attributes, infer_kind
from products.demo import pictures
from products.demo.vocabulary import shelves
from products.upsert import ProductRecord

GIFT_WRAPPING = "gift_wrapping"
WRAPPED, ON_SALE, PICTURED = 0.6, 0.15, 0.3  # shares of the products
REDUCTIONS = ("0.70", "0.80", "0.85", "0.90")
IN_STORE = "2"  # GTINs that begin so are for use inside a company: no product of the world has one


@functools.cache
def kinds() -> dict[str, AttributeKind]:
    """Types and units of the attributes, as all their values decide."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for shelf in shelves():
        for code, of_shelf in shelf.attributes.items():
            values[code] += of_shelf
    return {
        **{code: infer_kind(found) for code, found in values.items()},
        GIFT_WRAPPING: AttributeKind(AttributeType.BOOLEAN),
    }


def detailed(records: Iterable[ProductRecord], seed: int, stored: dict[str, str]) -> Iterator[ProductRecord]:
    """The records with their details, which depend on the seed and the SKU alone. `stored` is by root category."""
    for record in records:
        random = Random(f"{seed}/details/{record['sku']}")
        attributes = {**record["attributes"], GIFT_WRAPPING: random.random() < WRAPPED}
        typed, _ = canonical_attributes(attributes, kinds())
        digits = f"{IN_STORE}{seed % 1000:03}{int(record['sku'].rpartition('-')[2]) % 10**8:08}"
        list_price = None
        if random.random() < ON_SALE:
            before = record["price"] / Decimal(random.choice(REDUCTIONS))
            list_price = max(Decimal(round(before)), record["price"] + 1) - Decimal("0.05")  # ends like a price tag
        drawing = stored.get(pictures.root_of(record["category"]))
        has_picture = random.random() < PICTURED
        yield record | {
            "attributes": dict(typed),
            "gtins": [gtin.normalise(digits + gtin.check_digit(digits))],
            "list_price": list_price,
            "images": [{"url": drawing, "alt": f"Drawing for {record['name']}"[:500]}]
            if drawing and has_picture
            else [],
        }
