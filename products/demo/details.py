"""What demo products have besides words: typed attributes, GTINs, list prices, and a few small pictures."""

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from random import Random

from products import gtin
from products.attribute_values import AttributeKind, AttributeType, canonical_attributes, infer_kind
from products.demo import pictures
from products.demo.vocabulary import shelves
from products.images import Image
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
        yield record | {
            "attributes": dict(typed),
            "gtins": [_gtin(seed, record["sku"])],
            "list_price": _list_price(record["price"], random) if random.random() < ON_SALE else None,
            "images": _images(record, stored) if random.random() < PICTURED else [],
        }


def _gtin(seed: int, sku: str) -> str:
    digits = f"{IN_STORE}{seed % 1000:03}{int(sku.rpartition('-')[2]) % 10**8:08}"
    return gtin.normalise(digits + gtin.check_digit(digits))


def _list_price(price: Decimal, random: Random) -> Decimal:
    """What the price was before it was reduced, ending like a price tag."""
    before = price / Decimal(random.choice(REDUCTIONS))
    return max(Decimal(round(before)), price + 1) - Decimal("0.05")


def _images(record: ProductRecord, stored: dict[str, str]) -> list[Image]:
    name = stored.get(pictures.root_of(record["category"]))
    return [{"url": name, "alt": f"Drawing for {record['name']}"[:500]}] if name else []
