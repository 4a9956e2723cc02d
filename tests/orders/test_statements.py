"""An order takes a fixed number of statements, and each uses an index."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.idempotency import IdempotencyKey
from orders.models import Order, new_order_id
from orders.placing import PLACE_ORDER
from orders.selectors import found_by, orders_of_store
from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores.models import Inventory, Store
from stores.selectors import inventory_of
from tests.factories import make_product, make_stock

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def products(store: Store) -> list[Product]:
    products = [make_product(f"Product {number:03}") for number in range(100)]
    Inventory.objects.bulk_create(Inventory(store=store, product=product, quantity=1000) for product in products)
    return products


def statements(action: Any) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        action()
    return [query["sql"] for query in queries if not re.match("SAVEPOINT|RELEASE|BEGIN|COMMIT", query["sql"])]


def place(store: Store, products: list[Product], key: str = "") -> Any:
    lines = [Line(product.pk, 1) for product in products]
    record = IdempotencyKey("user:1", key, "fingerprint") if key else None
    return place_order(store_id=store.pk, lines=lines, idempotency_key=record)


def test_order_is_one_statement_for_1_and_for_100_lines(store: Store, products: list[Product]) -> None:
    place(store, products[:1])  # the connection prepares the statement
    for lines in (1, 3, 100):
        (only,) = statements(lambda lines=lines: place(store, products[:lines]))
        assert only.startswith("EXECUTE place_order")


@pytest.mark.django_db(transaction=True)
def test_order_is_sent_without_a_transaction_around_it(store: Store, products: list[Product]) -> None:
    """So the lock on a popular product is held only while PostgreSQL works."""
    place(store, products[:1])
    with CaptureQueriesContext(connection) as sent:
        place(store, products[:3])
    assert len(sent) == 1


def test_order_with_a_key_is_three_statements_for_1_and_for_100_lines(store: Store, products: list[Product]) -> None:
    place(store, products[:1])
    assert [len(statements(lambda n=n: place(store, products[:n], f"key {n}"))) for n in (1, 100)] == [3, 3]


def test_rejected_order_is_one_statement_too(store: Store, products: list[Product]) -> None:
    place(store, products[:1])
    Inventory.objects.update(quantity=0)
    with pytest.raises(Exception, match="100 lines are short"):
        assert len(statements(lambda: place(store, products))) == 1
    assert Order.objects.filter(status="REJECTED").count() == 1


def test_cancelling_takes_the_same_statements_for_1_and_for_100_lines(store: Store, products: list[Product]) -> None:
    one, hundred = place(store, products[:1]), place(store, products)
    counts = [len(statements(lambda order=order: cancel_order(order_id=order.id))) for order in (one, hundred)]
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("loss", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_statement_that_the_session_has_lost_is_prepared_again(store: Store, loss: str) -> None:
    lamp = make_product()
    make_stock(store, lamp, 5)
    place(store, [lamp])
    with connection.cursor() as cursor:
        cursor.execute(loss)
    place(store, [lamp])
    assert Inventory.objects.get().quantity == 3


@pytest.mark.django_db(transaction=True)
def test_migration_of_a_column_that_placing_returns_does_not_refuse_orders(store: Store) -> None:
    lamp = make_product()
    make_stock(store, lamp, 5)
    place(store, [lamp])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_order ALTER COLUMN status TYPE text")
    try:
        place(store, [lamp])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE orders_order ALTER COLUMN status TYPE varchar(10)")
    assert Inventory.objects.get().quantity == 3


@pytest.fixture
def much(store: Store) -> Store:
    """Enough rows that PostgreSQL prefers an index to a sequential scan."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers: nothing here needs indexing
        cursor.execute(
            "INSERT INTO products_product (sku, name, description, brand, price, attributes, active, popularity,"
            " updated_at) SELECT 'M' || n, 'Name ' || md5(n::text), '', '', 1, '{}', true, 0, now()"
            " FROM generate_series(1, 3000) n"
        )
        cursor.execute(
            "INSERT INTO stores_store (code, name, address, city, state, zip) "
            "SELECT 'S' || n, 'S', '', '', '', '' FROM generate_series(1, 20) n"
        )
        cursor.execute(
            "INSERT INTO stores_inventory (store_id, product_id, quantity)"
            " SELECT s.id, p.id, 5 FROM stores_store s, products_product p ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            "INSERT INTO orders_order (id, store_id, status, total, shortages, created_at)"
            " SELECT gen_random_uuid(), s.id, 'CONFIRMED', 1, '[]', now() - n * interval '1 minute'"
            " FROM stores_store s, generate_series(1, 300) n"
        )
        cursor.execute(
            "INSERT INTO orders_orderitem (order_id, product_id, sku, name, quantity, unit_price, line_total)"
            " SELECT o.id, p.id, '', '', 1, 1, 1 FROM orders_order o,"
            " LATERAL (SELECT id FROM products_product ORDER BY id LIMIT 3) p"
        )
        cursor.execute("ANALYZE products_product, stores_store, stores_inventory, orders_order, orders_orderitem")
    return store


def plan(sql: str, parameters: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_placing_reads_stock_and_products_by_index_only(much: Store) -> None:
    products = list(Product.objects.values_list("pk", flat=True)[:3])
    found = plan(
        PLACE_ORDER,
        {
            "order_id": new_order_id(),
            "store_id": much.pk,
            "customer_id": None,
            "email": "",
            "access_digest": "",
            "expected_total": None,
            "product_ids": products,
            "quantities": [1, 1, 1],
        },
    )
    assert not re.search("Seq Scan on (stores_inventory|products_product)", found)
    assert "Index Scan using stores_inventory_once on stores_inventory" in found
    assert "Index Scan using products_product_pkey" in found


def test_page_of_a_stores_orders_uses_an_index_scan_and_an_index_only_scan_for_units(much: Store) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")  # only cheaper before a vacuum
    found = plan(*orders_of_store(much.pk)[:20].query.sql_with_params())
    assert "Index Scan using orders_order_newest_of_store" in found
    assert "Index Only Scan using orders_orderitem_one_line_per_product" in found
    assert "Sort" not in found
    assert "Seq Scan" not in found


def test_order_of_a_store_is_found_by_its_short_number_in_an_index(much: Store) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")  # only cheaper before a vacuum
    found = plan(*found_by(orders_of_store(much.pk), "0123456789AB")[:20].query.sql_with_params())
    assert "Scan using orders_order_newest_of_store" in found
    assert "Seq Scan" not in found


@pytest.mark.parametrize("hidden_too", [False, True])
def test_first_page_of_a_stores_stock_scans_the_index_on_names(much: Store, *, hidden_too: bool) -> None:
    found = plan(*inventory_of(much.pk, hidden_too=hidden_too)[:20].query.sql_with_params())
    assert "products_product_by_sort_key" in found
    assert re.search("Index Scan using stores_inventory_(once|product)", found)
    assert not re.search("Seq Scan on (stores_inventory|products_product)", found)
