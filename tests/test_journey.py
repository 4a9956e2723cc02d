"""A journey through real services: load a catalogue, index it, suggest, search, order, sell out, cancel."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from opensearchpy import OpenSearch
from rest_framework.test import APIClient

from backend.celery.application import app
from indexing.names import index_alias
from products.models import Product
from stores.models import Inventory, Store
from tests import real_data
from tests.eventually import eventually
from tests.factories import make_staff, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.xdist_group("journey")]

QUEUES = ["default", "orders", "indexing", "webhooks"]


@pytest.fixture(autouse=True)
def _no_index() -> Iterator[None]:
    """Start and end with no index, as on a new machine."""
    client = OpenSearch(settings.OPENSEARCH_HOSTS, timeout=60)
    client.indices.delete(index=f"{index_alias()}*")
    yield
    client.indices.delete(index=f"{index_alias()}*")
    client.close()


@pytest.fixture(scope="module")
def worker(django_db_setup: None) -> Iterator[None]:
    """A Celery worker for the tasks that the journeys queue."""
    del django_db_setup
    app.loader.import_default_modules()
    with start_worker(app, pool="solo", perform_ping_check=False, queues=QUEUES, without_heartbeat=True):
        yield


class Shopper:
    """A user of the API at one store."""

    def __init__(self, user: User, store: Store) -> None:
        self.api = APIClient()
        self.api.force_authenticate(user)
        self.store = store

    def get(self, path: str, **parameters: Any) -> Any:
        response = self.api.get(path, parameters)
        assert response.status_code == 200, response.content
        return response.json()

    def search(self, q: str, **parameters: Any) -> Any:
        answer = self.get("/search/products/", q=q, store_id=self.store.pk, **parameters)
        assert not answer["degraded"]
        return answer

    def found(self, product: Product, **parameters: Any) -> dict[str, Any] | None:
        """The product's hit in the results for its SKU, unless the search was relaxed."""
        answer = self.search(product.sku, **parameters)
        results = [] if answer["relaxed"] else answer["results"]
        return next((hit for hit in results if hit["id"] == product.pk), None)

    def order(self, product: Product, quantity: int) -> tuple[int, Any]:
        body = {"store_id": self.store.pk, "items": [{"product_id": product.pk, "quantity": quantity}]}
        response = self.api.post("/orders/", body, format="json")
        return response.status_code, response.json()

    def stock_of(self, product: Product) -> int:
        rows = self.get(f"/stores/{self.store.pk}/inventory/", q=product.sku)["results"]
        return next(int(row["quantity"]) for row in rows if row["product_id"] == product.pk)


def best_stocked(store: Store) -> tuple[Product, int]:
    row = Inventory.objects.filter(store=store).select_related("product").order_by("-quantity", "product__sku")[0]
    return row.product, row.quantity


def take_the_journey(store: Store) -> None:
    call_command("reindex", stdout=StringIO())
    product, stock = best_stocked(store)
    shopper = Shopper(make_user(email="shopper@example.com"), store)
    find_it(shopper, product, stock)
    order_id = buy_one(shopper, product, stock)
    staff = Shopper(make_staff(store), store)
    listed = staff.get(f"/stores/{store.pk}/orders/")["results"][0]
    assert (listed["id"], listed["status"], listed["total_items"]) == (order_id, "CONFIRMED", 1)
    buy_the_rest(shopper, product, stock - 1)
    cancel(shopper, order_id, product)
    call_command("check_stock", stdout=StringIO())
    call_command("check_index", stdout=StringIO())


def find_it(shopper: Shopper, product: Product, stock: int) -> None:
    """By completion, name and SKU, and in the facets."""
    suggested = shopper.get("/search/suggest/", q=product.name[:40], store_id=shopper.store.pk)["suggestions"]
    assert product.name in {suggestion["text"] for suggestion in suggested}
    path = product.category.path if product.category else ""
    answer = shopper.search(product.name, category=path, brand=product.brand, in_stock=True)
    hit = next(hit for hit in answer["results"] if hit["id"] == product.pk)
    assert {name: hit[name] for name in ("sku", "name", "brand", "category", "price", "in_stock", "quantity")} == {
        "sku": product.sku,
        "name": product.name,
        "brand": product.brand,
        "category": path,
        "price": str(product.price),
        "in_stock": True,
        "quantity": stock,
    }
    assert path in {facet["value"] for facet in answer["facets"]["category"] if facet["selected"]}
    assert product.brand in {facet["value"] for facet in answer["facets"]["brand"] if facet["selected"]}
    by_code = shopper.search(product.sku)["results"][0]
    assert (by_code["id"], by_code["quantity"]) == (product.pk, stock)


def buy_one(shopper: Shopper, product: Product, stock: int) -> str:
    status, order = shopper.order(product, 1)
    assert (status, order["status"], order["total"]) == (201, "CONFIRMED", str(product.price))
    assert shopper.stock_of(product) == stock - 1
    eventually(lambda: [message.to for message in mail.outbox] == [["shopper@example.com"]])
    return str(order["id"])


def buy_the_rest(shopper: Shopper, product: Product, left: int) -> None:
    assert shopper.order(product, left)[0] == 201
    assert shopper.stock_of(product) == 0
    status, problem = shopper.order(product, 1)
    assert (status, problem["shortages"]) == (409, [{"product_id": product.pk, "requested": 1, "available": 0}])
    eventually(lambda: shopper.found(product, in_stock=True) is None)
    hit = shopper.found(product)
    assert hit
    assert (hit["in_stock"], hit["quantity"]) == (False, 0)


def cancel(shopper: Shopper, order_id: str, product: Product) -> None:
    response = shopper.api.post(f"/orders/{order_id}/cancel/")
    assert (response.status_code, response.json()["status"]) == (200, "CANCELLED")
    assert shopper.stock_of(product) == 1
    eventually(lambda: shopper.found(product, in_stock=True) is not None)


@pytest.mark.usefixtures("worker")
def test_journey_through_the_demo_catalogue() -> None:
    call_command("seed_demo", products=150, stores=3, orders=0, stdout=StringIO())
    take_the_journey(Store.objects.earliest("code"))


def first_rows(file: Path, rows: int, folder: Path) -> Path:
    """A file with the header and the first rows of another."""
    with file.open(encoding="utf-8", newline="") as source, (folder / file.name).open("w", newline="") as target:
        reader = csv.reader(source)
        csv.writer(target).writerows(row for row, _ in zip(reader, range(rows + 1), strict=False))
    return folder / file.name


@real_data.needs_real_data
@pytest.mark.usefixtures("worker")
def test_journey_through_a_slice_of_the_real_catalogue(tmp_path: Path) -> None:
    call_command(
        "import_catalogue",
        products=first_rows(real_data.PRODUCTS, 400, tmp_path),
        stores=first_rows(real_data.STORES, 60, tmp_path),
        stdout=StringIO(),
    )
    call_command("seed_demo", stock_only=True, stores=5, stdout=StringIO())
    take_the_journey(Store.objects.filter(inventory__isnull=False).earliest("code"))
