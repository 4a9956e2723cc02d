"""The pages' own database queries; search goes through `search_api`."""

import dataclasses
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from foundation.replica import may_be_late
from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from stores.selectors import all_stores, quantities, stock_of_product


@dataclasses.dataclass(frozen=True)
class BasketLine:
    """`available`: units at the visitor's store, None without a store."""

    product: Product
    quantity: int
    available: int | None

    @property
    def total(self) -> Decimal:
        return self.product.price * self.quantity

    @property
    def is_short(self) -> bool:
        return not self.product.active or (self.available is not None and self.available < self.quantity)


@dataclasses.dataclass(frozen=True)
class BasketContent:
    """The basket with today's names, prices and stock. `is_short`: the store lacks some of it."""

    lines: list[BasketLine]
    total: Decimal
    is_short: bool


def basket_content(basket: Mapping[int, int], store: Store | None) -> BasketContent:
    """The content of a basket (quantities by product id). A deleted product has no line."""
    products = Product.objects.select_related("category").in_bulk(list(basket))
    stock = quantities(store.pk, products) if store else {}
    lines = [
        BasketLine(products[product_id], quantity, stock.get(product_id, 0) if store else None)
        for product_id, quantity in basket.items()
        if product_id in products
    ]
    total = sum((line.total for line in lines), Decimal(0))
    return BasketContent(lines, total, is_short=any(line.is_short for line in lines))


def sellable_now(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Units that the store could sell, not cached: 0 if a product is hidden or not stocked there."""
    rows = Inventory.objects.filter(store=store_id, product__in=product_ids, product__active=True)
    return dict.fromkeys(product_ids, 0) | dict(rows.values_list("product_id", "quantity"))


@may_be_late
def stock_elsewhere(product: Product, store: Store | None, *, limit: int) -> list[Inventory]:
    """Rows of the other stores that have a product, nearest first with `km`.

    Without a store, or if its position is unknown, they are in order of name.
    """
    near = None
    if store and store.latitude is not None and store.longitude is not None:
        near = float(store.latitude), float(store.longitude)
    rows = stock_of_product(product.pk, near=near, in_stock=True)
    return list((rows.exclude(store=store) if store else rows)[:limit])


def staffed_stores(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Store]:
    """The stores that the user works at, by name; every store for a superuser."""
    if getattr(user, "is_superuser", False):
        return all_stores()
    return all_stores().filter(staff=user.pk)


def orders_of(user: AbstractBaseUser | AnonymousUser, session_orders: Collection[str]) -> QuerySet[Order]:
    condition = Q(pk__in=session_orders)
    if user.is_authenticated:
        condition |= Q(customer=user.pk)
    return Order.objects.filter(condition).select_related("store").order_by("-created_at", "-id")
