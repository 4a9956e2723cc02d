"""Processes that change the catalogue at random, by every kind of statement.

    python -m tests.indexing.storm fill N           a catalogue of N products
    python -m tests.indexing.storm change SECONDS SEED
    python -m tests.indexing.storm compare [ALIAS]  what differs between PostgreSQL and the index, as JSON

The addresses of the services are in the environment. A product whose SKU starts with KEEP is renamed and sold out, but
never hidden or deleted.
"""

import io
import json
import random
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

import django
from django.db import IntegrityError, OperationalError, connection, transaction
from opensearchpy import helpers

django.setup()

from indexing.client import sync_client  # noqa: E402 - models can be imported from here on
from indexing.documents import build_documents, mapping  # noqa: E402
from indexing.models import AttributeChange, SyncState  # noqa: E402
from indexing.names import index_alias  # noqa: E402
from products.models import Attribute, Category, Product  # noqa: E402
from stores.models import Inventory, Store  # noqa: E402

KEEP = "KEEP"
COLUMNS = "sku, name, description, brand, price, attributes, active, popularity, updated_at"


def fill(count: int) -> None:
    """Products in six categories, each in stock at some of four stores."""
    categories = [Category.objects.create(name=f"Category {number}") for number in range(6)]
    stores = [Store.objects.create(code=f"store-{number}", name=f"Store {number}") for number in range(4)]
    Attribute.objects.bulk_create(
        Attribute(code=f"code_{number}", label=f"Code {number}", type="number") for number in range(5)
    )
    products = Product.objects.bulk_create(
        Product(
            sku=f"{KEEP if number % 2 else 'SKU'}-{number}",
            name=f"Product {number}",
            price=number % 100,
            category=categories[number % 6],
            attributes={f"code_{number % 5}": number % 7, f"code_{number % 3}": number % 4},
        )
        for number in range(count)
    )
    Inventory.objects.bulk_create(
        Inventory(product=product, store=store, quantity=number % 3)
        for number, product in enumerate(products)
        for store in stores[: number % 5]
    )


class Storm:
    """Random changes, one after another."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.ids = list(Product.objects.values_list("pk", flat=True))

    def run(self, seconds: float) -> int:
        """Make changes for so many seconds; returns their number."""
        end, changes = monotonic() + seconds, 0
        acts: list[Callable[[], Any]] = [getattr(self, name) for name in dir(self) if name.startswith("do_")]
        while monotonic() < end:
            # Random writers deadlock on the tables of the catalogue, and one may delete what another gives stock to.
            with suppress(OperationalError, IntegrityError):
                with transaction.atomic():
                    self.chance.choice(acts)()
                changes += 1
        return changes

    def _some(self, most: int = 20) -> list[int]:
        return sorted(self.chance.sample(self.ids, self.chance.randint(1, most)))

    def _products(self, ids: list[int]) -> Any:
        return Product.objects.filter(pk__in=ids)

    def do_save(self) -> None:
        for product in self._products(self._some(3)):
            product.name = f"Saved {uuid.uuid4()}"
            product.save()

    def do_update(self) -> None:
        self._products(self._some()).update(price=self.chance.randint(1, 999))

    def do_bulk_update(self) -> None:
        products = list(self._products(self._some()).order_by("pk"))
        for product in products:
            product.popularity = self.chance.randint(0, 10_000)
        Product.objects.bulk_update(products, ["popularity"])

    def do_raw_sql(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE products_product SET brand = %s WHERE id = ANY(%s)",
                [self.chance.choice(["Acme", "Bright", "Chic"]), self._some()],
            )

    def do_hide_or_show(self) -> None:
        self._products(self._some()).exclude(sku__startswith=KEEP).update(active=self.chance.random() < 0.5)

    def do_delete(self) -> None:
        self._products(self._some(2)).exclude(sku__startswith=KEEP).delete()

    def do_create(self) -> None:
        created = Product.objects.create(sku=f"NEW-{uuid.uuid4()}", name="Created", price=5)
        self.ids.append(created.pk)

    def do_create_again(self) -> None:
        """Create a product under the id of a deleted one."""
        gone = self.chance.choice(self.ids)
        if not Product.objects.filter(pk=gone).exists():
            Product.objects.create(id=gone, sku=f"AGAIN-{uuid.uuid4()}", name="Made again", price=6)

    def do_bulk_create(self) -> None:
        created = Product.objects.bulk_create(
            Product(sku=f"BULK-{uuid.uuid4()}", name="Bulk", price=1) for _ in range(self.chance.randint(1, 20))
        )
        self.ids += [product.pk for product in created]

    def do_copy(self) -> None:
        row = f"COPY-{uuid.uuid4()}\tCopied\t\t\t1\t{{}}\tt\t0\t2020-01-01\n"
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY products_product ({COLUMNS}) FROM STDIN", io.StringIO(row))

    def do_rename_category(self) -> None:
        chosen = Category.objects.order_by("?").values("pk")[:1]
        Category.objects.filter(pk__in=chosen).update(name=f"Category {uuid.uuid4()}")

    def do_edit_attribute(self) -> None:
        chosen = Attribute.objects.order_by("?").values("pk")[:1]
        unit = self.chance.choice(["", "GB", "kg"])
        searchable, filterable = self.chance.random() < 0.7, self.chance.random() < 0.7
        Attribute.objects.filter(pk__in=chosen).update(unit=unit, searchable=searchable, filterable=filterable)

    def do_delete_and_create_attribute(self) -> None:
        for attribute in Attribute.objects.order_by("?")[:1]:
            attribute.delete()
            if self.chance.random() < 0.5:
                Attribute.objects.create(code=attribute.code, label="Again", type="number", unit="m")

    def do_change_attributes(self) -> None:
        code = f"code_{self.chance.randint(0, 4)}"
        self._products(self._some()).update(attributes={code: self.chance.randint(0, 9)})

    def do_change_newer_columns(self) -> None:
        self._products(self._some()).update(
            list_price=self.chance.choice([None, 1, 1000]),
            gtins=self.chance.choice([[], ["00884420588030"]]),
            images=self.chance.choice([[], [{"url": f"{self.chance.random()}.png", "alt": ""}]]),
        )

    def do_sell_out_or_restock(self) -> None:
        Inventory.objects.filter(product_id__in=self._some()).update(quantity=self.chance.choice([0, 0, 1, 50]))

    def do_stock(self) -> None:
        product = self._products(self._some(1)).first()
        if product:
            Inventory.objects.get_or_create(
                store=Store.objects.order_by("?")[0], product=product, defaults={"quantity": self.chance.randint(0, 2)}
            )


def compare(alias: str) -> dict[str, Any]:
    """Compare content and version of every document with PostgreSQL, all in memory."""
    sync_client().indices.refresh(index=alias)
    shown = mapping()["_source"]["includes"]
    documents = build_documents(Product.objects.values_list("pk", flat=True))
    expected = {document["id"]: {field: document[field] for field in shown} for document in documents}
    versions = dict(SyncState.objects.values_list("product_id", "version"))
    hits = {int(hit["_id"]): hit for hit in helpers.scan(sync_client(), index=alias, version=True)}
    return {
        "products": len(expected),
        "missing": sorted(expected.keys() - hits.keys()),
        "extra": sorted(hits.keys() - expected.keys()),
        "different": sorted(k for k in expected.keys() & hits.keys() if expected[k] != hits[k]["_source"]),
        "other version": sorted(k for k in expected.keys() & hits.keys() if versions[k] != hits[k]["_version"]),
        "pending": SyncState.objects.pending().count() + AttributeChange.objects.count(),
    }


def main(act: str, *options: str) -> None:
    if act == "fill":
        fill(int(options[0]))
    elif act == "change":
        sys.stdout.write(str(Storm(int(options[1])).run(float(options[0]))))
    elif act == "compare":
        sys.stdout.write(json.dumps(compare(*options or (index_alias(),))))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
