"""Made-up past orders of a store, the same for the same seed on the same day."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import MD5, Concat
from django.utils import timezone

from orders.models import Order, OrderItem
from stores import ledger, locks
from stores.ledger import Kind, Note, StockChange
from stores.models import Inventory, Store
from stores.signals import announce_stock_change

DAYS = 90
NEWEST = 4 * 60  # minutes before today
CANCELLED_AFTER = timedelta(hours=3)
SHOPPERS = ("Ada", "Bo", "Chidi", "Dana", "Emre", "Femi", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena")
PRODUCTS = 80  # of a store that ever sell; the first ones sell most
ENOUGH = 20  # units that such a product has
LEFT = 6  # units that remain after the past orders; a delivery before them adds what is missing
MOST_LINES, MOST_UNITS = 4, 3
REJECTED, CANCELLED = 0.04, 0.1  # of a store's orders: rejected up to the first, cancelled up to the second
GUESTS = 0.4


@dataclass
class _History:
    """The past orders of one store. `stock` has the best sellers first; `sold` has units by product."""

    store: Store
    random: Random
    shoppers: Sequence[User]
    stock: list[Inventory]
    sold_out: list[Inventory]
    orders: list[Order] = field(default_factory=list)
    items: list[OrderItem] = field(default_factory=list)
    sold: Counter[int] = field(default_factory=Counter)

    def add(self, created_at: datetime) -> None:
        random = self.random
        draw = random.random()
        status = Order.Status.CANCELLED if REJECTED <= draw < CANCELLED else Order.Status.CONFIRMED
        # Squaring prefers the first rows.
        places = {int(len(self.stock) * random.random() ** 2) for _ in range(random.randint(1, MOST_LINES))}
        lines = [(self.stock[place], random.randint(1, MOST_UNITS)) for place in sorted(places)]
        missing = []
        if self.sold_out and draw < REJECTED:
            status = Order.Status.REJECTED
            missing = [(random.choice(self.sold_out), 1)]
        customer = None if random.random() < GUESTS else random.choice(self.shoppers)
        order = Order(
            id=_order_id(created_at, random),
            store=self.store,
            customer=customer,
            email=customer.email if customer else "",
            status=status,
            total=sum((row.product.price * units for row, units in [*lines, *missing]), Decimal(0)),
            shortages=[
                {"product_id": row.product_id, "requested": units, "available": row.quantity} for row, units in missing
            ],
            created_at=created_at,
            cancelled_at=created_at + CANCELLED_AFTER if status == Order.Status.CANCELLED else None,
            confirmation_sent_at=None if status == Order.Status.REJECTED else created_at + timedelta(seconds=2),
        )
        self.orders.append(order)
        self.items += [
            OrderItem(
                order=order,
                product=row.product,
                sku=row.product.sku,
                name=row.product.name,
                quantity=units,
                unit_price=row.product.price,
                line_total=row.product.price * units,
            )
            for row, units in [*lines, *missing]
        ]
        if status == Order.Status.CONFIRMED:
            self.sold.update({row.product_id: units for row, units in lines})


def shoppers() -> list[User]:
    """The customers of the demo, created if missing. None of them can sign in."""
    users = [
        User(username=f"demo-{name.lower()}", first_name=name, email=f"{name.lower()}@example.com") for name in SHOPPERS
    ]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users, ignore_conflicts=True)
    return list(User.objects.filter(username__in=[user.username for user in users]).order_by("username"))


@transaction.atomic
def record_history(*, store: Store, orders: int, seed: int, customers: Sequence[User]) -> int:
    """Create past orders for a store without orders, and take them from its stock. Returns their number."""
    if orders == 0 or Order.objects.filter(store=store).exists():
        return 0
    random = Random(f"{seed}/orders/{store.code}")
    rows = Inventory.objects.filter(store=store)
    liked = [row.product_id for row in _most_liked(rows.filter(quantity__gte=ENOUGH), seed)]
    locks.lock_stock(store.pk, liked)
    stock = sorted(
        rows.filter(product_id__in=liked).select_related("product"), key=lambda row: liked.index(row.product_id)
    )
    history = _History(store, random, customers, stock, list(_most_liked(rows.filter(quantity=0), seed)))
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = (random.randrange(NEWEST, DAYS * 24 * 60) for _ in range(orders))
    times = sorted(today - timedelta(minutes=before) for before in minutes)
    for time in times if stock else []:
        history.add(time)
    Order.objects.bulk_create(history.orders, batch_size=2_000)
    OrderItem.objects.bulk_create(history.items, batch_size=2_000)

    sold = history.sold
    short = {row.product_id: sold[row.product_id] + LEFT - row.quantity for row in stock}
    deliveries = [StockChange(store.pk, product_id, units) for product_id, units in short.items() if units > 0]
    ledger.write(deliveries, Note(Kind.IMPORT, "demo delivery"))
    ledger.put_back([StockChange(store.pk, product_id, -units) for product_id, units in sold.items()])
    announce_stock_change(store.pk, list(sold))
    return len(history.orders)


def _most_liked(rows: QuerySet[Inventory], seed: int) -> QuerySet[Inventory]:
    """The first rows in an order of products that depends on the seed alone."""
    return rows.select_related("product").order_by(MD5(Concat(Value(f"{seed}/"), F("product__sku"))))[:PRODUCTS]


def _order_id(created_at: datetime, random: Random) -> uuid.UUID:
    """A version 7 UUID of that time."""
    milliseconds = int(created_at.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62))
