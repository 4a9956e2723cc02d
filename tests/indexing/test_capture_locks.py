"""Change capture takes its locks last and in one order: no deadlock, and no sale waits for an import."""

import random
import threading

import pytest
from django.db import connection, transaction

from indexing import claims
from indexing.models import SyncState
from products.models import Product
from stores.models import Inventory
from tests.factories import make_product, make_stock, make_store
from tests.indexing.conftest import version_of
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def set_quantity(store_id: int, product_id: int, quantity: int) -> None:
    Inventory.objects.filter(store_id=store_id, product_id=product_id).update(quantity=quantity)


def test_opposite_orders_in_two_stores_do_not_deadlock() -> None:
    """Both sell the same products, in opposite orders, and have no stock row in common."""
    products = [make_product() for _ in range(6)]
    stores = [make_store(), make_store()]
    for store in stores:
        for product in products:
            make_stock(store, product, 1)

    def flip(store_id: int, order: list[Product]) -> None:
        for round_ in range(40):
            with transaction.atomic():
                for product in order:
                    set_quantity(store_id, product.pk, round_ % 2)

    in_threads(lambda: flip(stores[0].pk, products), lambda: flip(stores[1].pk, products[::-1]))

    assert SyncState.objects.pending().count() == 6


def test_a_sale_does_not_wait_for_an_import_that_is_under_way() -> None:
    product, store = make_product(), make_store()
    make_stock(store, product, 1)
    before = version_of(product.pk)
    imported, sold = threading.Event(), threading.Event()

    def long_import() -> None:
        with transaction.atomic():
            Product.objects.filter(pk=product.pk).update(price=11)
            imported.set()
            assert sold.wait(30), "the sale waited for the import"

    def sale() -> None:
        assert imported.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
        set_quantity(store.pk, product.pk, 0)
        sold.set()

    in_threads(long_import, sale)

    assert version_of(product.pk) > before


def test_bulk_changes_in_every_order_beside_sync_write_backs_do_not_deadlock() -> None:
    products = [make_product() for _ in range(30)]
    ids = [product.pk for product in products]

    def change(seed: int) -> None:
        chance = random.Random(seed)
        for round_ in range(25):
            chosen = chance.sample(products, 20)
            for product in chosen:
                product.price = seed * 1000 + round_
            with transaction.atomic():
                Product.objects.select_for_update().filter(pk__in=ids).order_by("pk").first()
                Product.objects.bulk_update(sorted(chosen, key=lambda product: product.pk), ["price"])

    def write_back() -> None:
        for _ in range(60):
            with transaction.atomic():
                claims.lock(ids)
                claims.record_written([claims.Written(key, 1, accepted=True) for key in reversed(ids)], ())

    in_threads(*(lambda seed=seed: change(seed) for seed in range(3)), write_back, write_back)

    assert SyncState.objects.pending().count() == 30
