"""Any number of workers share the work, and no change waits for a lock while OpenSearch works."""

import threading
from typing import Any

import pytest
from django.db import connection

from indexing import bulk, sync
from products.models import Product
from tests.indexing.conftest import SearchIndex, expected_documents
from tests.threads import in_threads

pytestmark = pytest.mark.races


def many_products(count: int) -> None:
    Product.objects.bulk_create([Product(sku=f"SKU {n}", name="Plain", price=1) for n in range(count)])


def test_concurrent_workers_sync_each_product_once(index: SearchIndex) -> None:
    many_products(5000)
    totals: list[sync.Totals] = []

    in_threads(*[lambda: totals.append(sync.sync_due())] * 4)

    assert sum(total.synced for total in totals) == 5000
    assert index.documents() == expected_documents()


def test_concurrent_changes_and_syncs_end_with_a_correct_index(index: SearchIndex) -> None:
    many_products(50)
    done = threading.Event()

    def change() -> None:
        for price in range(60):
            Product.objects.filter(pk__in=Product.objects.order_by("?").values("pk")[:10]).update(price=price)
        done.set()

    def work() -> None:
        while not done.is_set():
            sync.sync_due()

    in_threads(change, work, work)

    index.sync()
    assert index.documents() == expected_documents()


def test_a_change_does_not_wait_while_opensearch_works(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    many_products(1)
    send = bulk.send

    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
            cursor.execute("UPDATE products_product SET name = 'Changed meanwhile'")

    def send_and_change(*arguments: Any) -> list[bulk.Outcome]:
        in_threads(change)
        return send(*arguments)

    monkeypatch.setattr(bulk, "send", send_and_change)
    sync.sync_due(longest=0.01)

    monkeypatch.setattr(bulk, "send", send)
    index.sync()
    assert {document["name"] for document in index.documents().values()} == {"Changed meanwhile"}
