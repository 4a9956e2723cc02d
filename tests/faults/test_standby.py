"""The read replica, a streaming standby of PostgreSQL: behind, killed, hanging, back again."""

import json
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.faults.conftest import Trial, eventually, paused
from tools.devstack.chaos.shop import Response, Shop

pytestmark = pytest.mark.faults

SHOPPERS = 4
TO_EVERY_PROCESS = 12  # requests
# Within a transaction a read sees what the transaction wrote.
IN_A_TRANSACTION = """
from django.db import connection, transaction
from foundation import replica
from search_api.selectors import add_quantities
from stores.models import Inventory

def quantity():
    hit = {{"id": {product}}}
    add_quantities([hit], {store})
    return hit["quantity"]

replica.standby.check(10)
answered = []
replica.read_done.connect(lambda server, **_: answered.append(server), weak=False)
with transaction.atomic():
    Inventory.objects.filter(store={store}, product={product}).update(quantity=4321)
    inside = quantity()
    transaction.set_rollback(True)
print(inside, len(answered), quantity() != 4321, answered)
"""
# With a standby that may be an hour behind, and replays nothing of the changes.
SALE = """
import decimal, json
from django.db import connections
from django.db.models import F
from foundation import replica
from orders.errors import OrderRejectedError, PriceChangedError
from orders.services import Line, place_order
from products.models import Product
from search_api.selectors import add_quantities
from storefront.selectors import basket_content, sellable_now
from stores.models import Store
from stores.selectors import quantities
from stores.services import set_stock

replica.standby.check(10)
found, hit, store, product = {{}}, {{"id": {product}}}, {store}, {product}
connections["replica"].cursor().execute("SELECT pg_wal_replay_pause()")
set_stock(store_id=store, product_id=product, quantity=7)
Product.objects.filter(pk=product).update(price=F("price") + 1)
add_quantities([hit], store)
found["in a search"] = hit["quantity"]
found["of the product"] = quantities(store, [product])[product]
found["at the button"] = sellable_now(store, [product])[product]
(line,) = basket_content({{product: 1}}, Store(pk=store)).lines
found["in the basket"] = [line.available, str(line.product.price)]
try:
    place_order(store_id=store, lines=[Line(product, 1)], expected_total=decimal.Decimal("{total}"))
except PriceChangedError as error:
    found["dearer"] = str(error.total)
placed = place_order(store_id=store, lines=[Line(product, 7)])
found["ordered"] = [placed.status, str(placed.total)]
try:
    place_order(store_id=store, lines=[Line(product, 1)])
except OrderRejectedError as error:
    found["left"] = error.order.shortages[0].available
print(json.dumps(found))
"""
NO_STANDBY = """
from foundation import replica
try:
    replica.standby.check(2)
except replica.ReplicaError:
    print("of no use")
"""


@contextmanager
def behind(trial: Trial) -> Iterator[None]:
    """The standby answers, and replays nothing during the block."""
    trial.system.standby.pause_replay()
    try:
        yield
    finally:
        trial.system.standby.resume_replay()


def reads(trial: Trial, server: str) -> float:
    """How many reads that may be late the server has answered."""
    metrics = Shop(trial.system.web.url).get("/metrics", {}).body
    found = re.search(rf'^replica_reads_total{{server="{server}"}} (\S+)$', metrics, re.MULTILINE)
    return float(found[1]) if found else 0.0


def is_used(trial: Trial) -> bool:
    """Whether every web process reads from the standby."""
    before = reads(trial, "primary")
    for _ in range(TO_EVERY_PROCESS):
        shown(trial)
    return reads(trial, "primary") == before


def shown(trial: Trial) -> set[int]:
    """The quantities of the first product in a search and in a list."""
    guest, sku = Shop(trial.system.web.url), sku_of(trial)
    found = guest.search(sku, store_id=trial.store).body["results"]
    listed = guest.get(f"/stores/{trial.store}/inventory/", {"q": sku}).body["results"]
    return {row["quantity"] for row in [*found[:1], *listed[:1]]}


def sku_of(trial: Trial) -> str:
    return str(trial.system.audit.value("SELECT sku FROM products_product WHERE id = %s", [trial.products[0]]))


@pytest.fixture
def healthy(trial: Trial) -> Trial:
    eventually(lambda: is_used(trial))
    return trial


def test_lists_and_quantities_come_from_the_standby(healthy: Trial) -> None:
    before = reads(healthy, "replica"), reads(healthy, "primary")
    assert shown(healthy)
    assert Shop(healthy.system.web.url).get("/stores/", {}).status == 200
    assert Shop(healthy.system.web.url).page("/store/").status == 200
    assert Shop(healthy.system.web.url).page(f"/product/{healthy.products[0]}/").status == 200
    assert (reads(healthy, "replica"), reads(healthy, "primary")) == (before[0] + 5, before[1])


def test_degraded_searches_come_from_the_standby(healthy: Trial) -> None:
    shop = Shop(healthy.system.web.url)
    with paused(healthy.system.stack.opensearch):
        eventually(lambda: all(shop.search("cable", page=2).body["degraded"] for _ in range(TO_EVERY_PROCESS)))
        shop.suggest("cab")
        before = reads(healthy, "replica"), reads(healthy, "primary")
        assert shop.search("cable", sort="name").body["count"] > 0
        assert shop.suggest("cable").body["suggestions"]
        assert reads(healthy, "replica") >= before[0] + 3
        assert reads(healthy, "primary") == before[1]


def test_nothing_of_a_sale_is_read_from_a_standby_that_is_behind(healthy: Trial) -> None:
    staff, store, product = healthy.system.shop, healthy.store, healthy.products[0]
    staff.change_stock(store, product, {"set": 100_000})
    price = healthy.system.audit.value("SELECT price FROM products_product WHERE id = %s", [product])
    eventually(lambda: shown(healthy) == {100_000})
    try:
        script = SALE.format(store=store, product=product, total=price)
        found = json.loads(run(healthy, script, DATABASE_REPLICA_LAG="3600"))
        staffs = staff.get(f"/stores/{store}/inventory/", {"q": sku_of(healthy)}).body["results"][0]["quantity"]
        price_shown = Shop(healthy.system.web.url).get(f"/products/{product}/", {}).body["price"]
    finally:
        healthy.system.standby.resume_replay()
    staff.change_stock(store, product, {"set": 100_000})
    now = str(price + 1)
    assert found == {
        "in a search": 100_000,  # so the standby was read
        "of the product": 7,
        "at the button": 7,
        "in the basket": [7, now],
        "dearer": now,
        "ordered": ["CONFIRMED", str(7 * (price + 1))],
        "left": 0,
    }
    assert (staffs, price_shown) == (0, now)


def test_standby_that_is_behind_is_not_read(healthy: Trial) -> None:
    product, guest = healthy.products[0], Shop(healthy.system.web.url)
    with behind(healthy):
        healthy.system.shop.change_stock(healthy.store, product, {"set": 99_999})
        eventually(lambda: shown(healthy) == {99_999})
        eventually(lambda: guest.health().body["replica"] == "unavailable")
        assert (guest.health().status, guest.health().body["status"]) == (200, "degraded")
        metrics = guest.get("/metrics", {}).body
        assert 'breaker_open{service="replica"} 1.0' in metrics
        assert reads(healthy, "primary") > 0
    healthy.system.shop.change_stock(healthy.store, product, {"set": 100_000})
    eventually(lambda: is_used(healthy))


def test_killed_standby_costs_no_request_its_answer(healthy: Trial) -> None:
    with shopping(healthy) as answers:
        eventually(lambda: len(answers) >= 40)
        healthy.system.standby.kill()
        after_the_kill = len(answers)
        eventually(lambda: len(answers) >= after_the_kill + 80)
        healthy.record("Standby killed", single(healthy))
        healthy.system.standby.start()
        eventually(lambda: is_used(healthy))
    assert {answer.status for answer in answers} == {200}


def test_hanging_standby_costs_no_request_its_answer(healthy: Trial) -> None:
    with paused(healthy.system.standby), ThreadPoolExecutor(2 * SHOPPERS) as shoppers:
        first = [shoppers.submit(single, healthy) for _ in range(2 * SHOPPERS)]
        statuses = [healthy.record("Standby hangs, first requests", answers.result()) for answers in first]
        statuses += [healthy.record("Standby hangs, later requests", single(healthy)) for _ in range(TO_EVERY_PROCESS)]
    assert statuses == [{"search": 200, "page": 200, "order": 201, "health": 200}] * len(statuses)


def test_transaction_reads_from_the_primary(healthy: Trial) -> None:
    script = IN_A_TRANSACTION.format(store=healthy.store, product=healthy.products[0])
    assert run(healthy, script) == "4321 0 True ['replica']"


def test_server_that_is_no_standby_is_not_read(healthy: Trial) -> None:
    assert run(healthy, NO_STANDBY, DATABASE_REPLICA_URL=healthy.system.stack.postgres.url) == "of no use"


@contextmanager
def shopping(trial: Trial) -> Iterator[list[Response]]:
    """Shoppers who search and read lists beside the block; their answers."""
    answers: list[Response] = []
    stopped = threading.Event()

    def shopper() -> None:
        shop = Shop(trial.system.web.url)
        while not stopped.is_set():
            answers.append(shop.search("cable", store_id=trial.store))
            answers.append(shop.get(f"/stores/{trial.store}/inventory/", {}))

    threads = [threading.Thread(target=shopper) for _ in range(SHOPPERS)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def single(trial: Trial) -> dict[str, Response]:
    """One request of each kind; search and page show quantities."""
    shop = Shop(trial.system.web.url)
    return {
        "search": shop.search(f"cable {time.monotonic_ns()}", store_id=trial.store),
        "page": shop.page("/store/"),
        "order": trial.order(),
        "health": shop.health(),
    }


def run(trial: Trial, script: str, **changed: str) -> str:
    """What a script prints in a process of its own."""
    command = trial.system.project.manage_argv("shell", "--no-imports", "--command", script)
    environment = trial.system.project.environment | changed
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
