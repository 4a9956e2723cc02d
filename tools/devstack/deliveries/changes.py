"""Changes the shop, in several threads, so that events are written; some transactions roll back.

python -m tools.devstack.deliveries.changes prepare URLS-AS-JSON     prints the secrets as JSON
python -m tools.devstack.deliveries.changes run EVENTS SEED          prints {"rolled_back": ids of orders}
"""

import json
import os
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

from tools.devstack.deliveries.trial import FIRST_PRICE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - models can be imported from here on
from django.db.models import F  # noqa: E402

from orders.errors import OrderRejectedError  # noqa: E402
from orders.models import new_order_id  # noqa: E402
from orders.placing import Request, place  # noqa: E402
from orders.services import Line, cancel_order, place_order  # noqa: E402
from products.models import Product  # noqa: E402
from stores.models import Inventory, Store  # noqa: E402
from stores.services import set_stock  # noqa: E402
from webhooks.models import Event, Subscription  # noqa: E402
from webhooks.services import create_subscription  # noqa: E402

THREADS = 4
PRODUCTS, STORES = 30, 2
LOOK = 20  # changes of a thread between two looks at the number of events
KINDS = {
    "good": ["order.confirmed", "order.rejected", "order.cancelled", "stock.low", "stock.out", "product.changed"],
    "failing": ["order.confirmed", "order.cancelled"],
    "hanging": ["stock.low", "stock.out"],
    "redirecting": ["product.changed"],
    "killed": ["order.confirmed", "order.rejected", "order.cancelled"],
    "forbidden": ["order.rejected"],
}


def prepare(urls: dict[str, str]) -> dict[str, str]:
    """A small shop, and a subscription for each receiver."""
    stores = [Store.objects.create(code=f"w-{number}", name=f"Store {number}") for number in range(STORES)]
    products = [
        Product.objects.create(sku=f"W-{number}", name=f"Product {number}", price=FIRST_PRICE)
        for number in range(PRODUCTS)
    ]
    for store in stores:
        for product in products:
            Inventory.objects.create(store=store, product=product, quantity=8)
    secrets = {}
    for name, kinds in KINDS.items():
        new = create_subscription(url=urls["good"], name=name, kinds=kinds, low_stock=3)
        # The URL of one is forbidden: as if its name had pointed elsewhere when it was made.
        Subscription.objects.filter(pk=new.subscription.pk).update(url=urls[name])
        secrets[name] = new.secret
    return secrets


class Load:
    """Random changes until there are so many events."""

    def __init__(self, events: int, seed: str) -> None:
        self._events, self._seed = events, seed
        self._products = list(Product.objects.filter(sku__startswith="W-").values_list("pk", flat=True))
        self._stores = list(Store.objects.filter(code__startswith="w-").values_list("pk", flat=True))
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self.rolled_back: list[str] = []

    def run(self) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(self._change, number) for number in range(THREADS)]:
                done.result()

    def _change(self, number: int) -> None:
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 - chance is no secret
        changes = [self._order, self._undone_order, self._stock, self._price, self._undone_price]
        try:
            while not self._enough.is_set():
                for change in chance.choices(changes, [50, 5, 25, 18, 2], k=LOOK):
                    change(chance)
                if Event.objects.count() >= self._events:
                    self._enough.set()
        finally:
            self._enough.set()
            connection.close()

    def _order(self, chance: random.Random) -> None:
        lines = [Line(product, chance.randint(1, 3)) for product in chance.sample(self._products, 2)]
        try:
            order = place_order(store_id=chance.choice(self._stores), lines=lines)
        except OrderRejectedError:
            return
        if chance.random() < 1 / 3:
            cancel_order(order_id=order.id)

    def _undone_order(self, chance: random.Random) -> None:
        order_id = new_order_id()
        units = {chance.choice(self._products): 1}
        with transaction.atomic():
            place(order_id, Request(chance.choice(self._stores), units, customer_id=None, email=""))
            transaction.set_rollback(True)
        with self._lock:
            self.rolled_back.append(str(order_id))

    def _stock(self, chance: random.Random) -> None:
        units = chance.randint(0, 12)
        set_stock(store_id=chance.choice(self._stores), product_id=chance.choice(self._products), quantity=units)

    def _price(self, chance: random.Random) -> None:
        Product.objects.filter(pk=chance.choice(self._products)).update(price=F("price") + 1)

    def _undone_price(self, chance: random.Random) -> None:
        with transaction.atomic():
            self._price(chance)
            transaction.set_rollback(True)


def main(command: str, *arguments: str) -> None:
    printed: Any
    if command == "prepare":
        printed = prepare(json.loads(arguments[0]))
    else:
        load = Load(int(arguments[0]), arguments[1])
        load.run()
        printed = {"rolled_back": load.rolled_back}
    sys.stdout.write(json.dumps(printed))


if __name__ == "__main__":
    main(*sys.argv[1:])
