"""The admin's dashboard: today's orders, low stock, index freshness, slowest searches."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.observability.dashboard import figures
from indexing.models import SyncState
from orders.models import Order
from search_api.models import SearchLogEntry
from stores.models import Store
from tests.factories import make_product, make_stock, make_store, make_user

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def make_order(store: Store, status: Order.Status, total: str, *, days_ago: int = 0) -> None:
    cancelled_at = timezone.now() if status == Order.Status.CANCELLED else None
    order = Order.objects.create(store=store, status=status, total=Decimal(total), cancelled_at=cancelled_at)
    Order.objects.filter(pk=order.pk).update(created_at=timezone.now() - timedelta(days=days_ago))


def test_counts_the_orders_of_each_day_with_the_rejected_share() -> None:
    store = make_store()
    for status, total in (("CONFIRMED", "10.00"), ("CONFIRMED", "5.50"), ("CANCELLED", "90.00"), ("REJECTED", "7.00")):
        make_order(store, Order.Status(status), total)
    make_order(store, Order.Status.CONFIRMED, "3.00", days_ago=1)
    make_order(store, Order.Status.CONFIRMED, "1000.00", days_ago=8)
    found = [(day.orders, day.rejected_share, day.revenue) for day in figures()["days"]]
    assert found == [(4, 25.0, Decimal("15.50")), (1, 0.0, Decimal("3.00")), *[(0, 0.0, Decimal(0))] * 5]


def test_lists_low_stock_of_what_sells_best() -> None:
    store = make_store("Main Street")
    make_stock(store, make_product("Slow seller", popularity=1), 2)
    make_stock(store, make_product("Best seller", popularity=50), 0)
    make_stock(store, make_product("Never sold"), 5)
    make_stock(store, make_product("Plenty", popularity=99), 6)
    found = figures()
    assert found["low_stock"] == {"rows": 3, "sold_out": 1}
    assert found["best_sellers"] == [("Main Street", "Best seller", 0), ("Main Street", "Slow seller", 2)]


def test_counts_the_changes_that_are_not_in_the_index() -> None:
    SyncState.objects.all().delete()
    long_ago = timezone.now() - timedelta(hours=2)
    SyncState.objects.create(product_id=1, version=2, indexed_version=2)
    SyncState.objects.create(product_id=2, version=3, indexed_version=2, changed_at=long_ago, due_at=long_ago)
    SyncState.objects.create(product_id=3, version=1, error="mapper_parsing_exception", due_at=long_ago)
    assert figures()["freshness"] == {"pending": 2, "refused": 1, "oldest": long_ago}


def test_lists_the_slowest_searches_and_those_without_hits() -> None:
    for q, count, took_ms in (("kettle", 4, 10.0), ("kettle", 4, 30.0), ("sofa", 2, 80.0), ("unicorn", 0, 5.0)):
        SearchLogEntry.objects.create(q=q, count=count, took_ms=took_ms)
    found = figures()
    assert found["slowest"] == [
        {"q": "sofa", "times": 1, "slowest_ms": 80.0, "average_ms": 80.0},
        {"q": "kettle", "times": 2, "slowest_ms": 30.0, "average_ms": 20.0},
        {"q": "unicorn", "times": 1, "slowest_ms": 5.0, "average_ms": 5.0},
    ]
    assert found["without_hits"] == [("unicorn", 1)]


def test_page_shows_hostile_names_as_text(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    make_stock(make_store("<b>Store</b>"), make_product("<script>alert(1)</script>", popularity=1), 1)
    page = client.get("/admin/dashboard/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>Store</b>" not in page


def test_only_for_staff_who_may_see_orders(client: Client) -> None:
    assert client.get("/admin/dashboard/").status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get("/admin/dashboard/").status_code == 403


def test_index_of_the_admin_links_to_it(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert 'href="/admin/dashboard/"' in client.get("/admin/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_number_of_statements_does_not_depend_on_the_number_of_rows(rows: int) -> None:
    store = make_store()
    for _ in range(rows):
        make_order(store, Order.Status.CONFIRMED, "1.00")
        make_stock(store, make_product(popularity=1), 1)
        SearchLogEntry.objects.create(q="kettle", count=1, took_ms=1)
    with CaptureQueriesContext(connection) as statements:
        figures()
    assert len(statements) == 9
