"""Made-up past orders, taken from the stock of a store, the same for the same seed on the same day."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import MD5, Concat
from django.utils import timezone

from orders.models import Order, OrderItem
from stores import ledger, locks
from stores.ledger import StockChange
from stores.models import Inventory, Store
from stores.services import receive_stock
from stores.signals import announce_stock_change

DAYS = 90
NEWEST = 4 * 60  # minutes before today
CANCELLED_AFTER = timedelta(hours=3)
SHOPPERS = ("Ada", "Bo", "Chidi", "Dana", "Emre", "Femi", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena")
PRODUCTS = 80  # of a store that ever sell; the first ones sell most
ENOUGH = 20  # units that such a product has
LEFT = 6  # units that past orders leave of it; if they took more, a delivery came in before
MOST_LINES, MOST_UNITS = 4, 3
REJECTED, CANCELLED = 0.04, 0.1  # of a store's orders: rejected up to the first, cancelled up to the second
GUESTS = 0.4


@dataclass
class _History:
    """The orders of one store as they are made up, and the units that are left for the next."""

    store: Store
    random: Random
    shoppers: Sequence[User]
    stock: list[Inventory]
    sold_out: list[Inventory]
    orders: list[Order] = field(default_factory=list)
    items: list[OrderItem] = field(default_factory=list)
    sold: Counter[int] = field(default_factory=Counter)

    def add(self, created_at: datetime) -> None:
        draw = self.random.random()
        rejected = bool(self.sold_out) and draw < REJECTED
        cancelled = REJECTED <= draw < CANCELLED
        lines = self._lines()
        missing = [(self.random.choice(self.sold_out), 1)] if rejected else []
        order = self._order(created_at, [*lines, *missing], _status(rejected=rejected, cancelled=cancelled))
        order.shortages = [_shortage(row, units) for row, units in missing]
        if order.status == Order.Status.CONFIRMED:
            self.sold.update({row.product_id: units for row, units in lines})

    def _order(self, created_at: datetime, lines: list[tuple[Inventory, int]], status: Order.Status) -> Order:
        customer = None if self.random.random() < GUESTS else self.random.choice(self.shoppers)
        order = Order(
            id=_order_id(created_at, self.random),
            store=self.store,
            customer=customer,
            email=customer.email if customer else "",
            status=status,
            total=sum((row.product.price * units for row, units in lines), Decimal(0)),
            created_at=created_at,
            cancelled_at=created_at + CANCELLED_AFTER if status == Order.Status.CANCELLED else None,
            confirmation_sent_at=None if status == Order.Status.REJECTED else created_at + timedelta(seconds=2),
        )
        self.orders.append(order)
        self.items += [_item(order, row, units) for row, units in lines]
        return order

    def _lines(self) -> list[tuple[Inventory, int]]:
        """Products and units, favourites more often."""
        count = self.random.randint(1, MOST_LINES)
        places = sorted({int(len(self.stock) * self.random.random() ** 2) for _ in range(count)})
        return [(self.stock[place], self.random.randint(1, MOST_UNITS)) for place in places]


def shoppers() -> list[User]:
    """The demo's customers, made if missing; nobody can sign in as them."""
    users = [
        User(username=f"demo-{name.lower()}", first_name=name, email=f"{name.lower()}@example.com") for name in SHOPPERS
    ]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users, ignore_conflicts=True)
    return list(User.objects.filter(username__in=[user.username for user in users]).order_by("username"))


@transaction.atomic
def record_history(*, store: Store, orders: int, seed: int, customers: Sequence[User]) -> int:
    """Past orders for a store that has none yet; returns how many were made."""
    if orders == 0 or Order.objects.filter(store=store).exists():
        return 0
    random = Random(f"{seed}/orders/{store.code}")
    history = _History(store, random, customers, _best_sellers(store, seed), _sold_out(store, seed))
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = (random.randrange(NEWEST, DAYS * 24 * 60) for _ in range(orders))
    moments = sorted(today - timedelta(minutes=before) for before in minutes)
    for moment in moments if history.stock else []:
        history.add(moment)
    Order.objects.bulk_create(history.orders, batch_size=2_000)
    OrderItem.objects.bulk_create(history.items, batch_size=2_000)
    _settle(history)
    return len(history.orders)


def _settle(history: _History) -> None:
    """Take what was sold from the stock, after a delivery where that was more than the store had."""
    store_id, sold = history.store.pk, history.sold
    short = {row.product_id: sold[row.product_id] + LEFT - row.quantity for row in history.stock}
    deliveries = [(store_id, product_id, units) for product_id, units in short.items() if units > 0]
    receive_stock(rows=deliveries, reason="demo delivery")
    ledger.put_back([StockChange(store_id, product_id, -units) for product_id, units in sold.items()])
    announce_stock_change(store_id, list(sold))


def _liking(seed: int) -> MD5:
    """An order of products that the seed decides."""
    return MD5(Concat(Value(f"{seed}/"), F("product__sku")))


def _sold_out(store: Store, seed: int) -> list[Inventory]:
    rows = Inventory.objects.filter(store=store, quantity=0).select_related("product")
    return list(rows.order_by(_liking(seed))[:PRODUCTS])


def _best_sellers(store: Store, seed: int) -> list[Inventory]:
    """Well-stocked rows of the store, locked, best-liked first."""
    stocked = Inventory.objects.filter(store=store, quantity__gte=ENOUGH)
    liked = list(stocked.order_by(_liking(seed)).values_list("product_id", flat=True)[:PRODUCTS])
    locks.lock_stock(store.pk, liked)
    rows = Inventory.objects.filter(store=store, product_id__in=liked).select_related("product")
    return sorted(rows, key=lambda row: liked.index(row.product_id))


def _status(*, rejected: bool, cancelled: bool) -> Order.Status:
    if rejected:
        return Order.Status.REJECTED
    return Order.Status.CANCELLED if cancelled else Order.Status.CONFIRMED


def _item(order: Order, row: Inventory, units: int) -> OrderItem:
    product = row.product
    return OrderItem(
        order=order,
        product=product,
        sku=product.sku,
        name=product.name,
        quantity=units,
        unit_price=product.price,
        line_total=product.price * units,
    )


def _shortage(row: Inventory, units: int) -> dict[str, int]:
    return {"product_id": row.product_id, "requested": units, "available": row.quantity}


def _order_id(created_at: datetime, random: Random) -> uuid.UUID:
    """A version 7 UUID of that moment."""
    milliseconds = int(created_at.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62))
