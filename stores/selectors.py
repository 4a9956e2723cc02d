"""What is read of stores and their stock."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q, QuerySet

from stores import inventory_cache
from stores.models import Inventory, Store, StoreStaff

CLOCKS_DIFFER_BY = timedelta(minutes=1)  # at most: a hand-held scanner and PostgreSQL's machine


def now() -> datetime:
    """The time by PostgreSQL's clock, which orders and movements go by; no machine's own has a say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast("tuple[datetime]", cursor.fetchone())[0]


def lies_ahead(moment: datetime) -> bool:
    """Whether nothing can have been counted then yet."""
    return moment > now() + CLOCKS_DIFFER_BY


def all_stores() -> QuerySet[Store]:
    """Every store by name."""
    return Store.objects.order_by("name", "id")


# Asked for every page of results with a store: building it by the ORM takes longer than PostgreSQL does.
_QUANTITIES = "SELECT product_id, quantity FROM stores_inventory WHERE store_id = %s AND product_id = ANY(%s)"


def quantities_now(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Units of each product at a store as PostgreSQL has them, 0 where it is not stocked; one query.

    For a page of results: it costs less than asking the cache (`docs/decisions/quantities.md`).
    """
    with connection.cursor() as cursor:
        cursor.execute(_QUANTITIES, [store_id, list(product_ids)])
        return dict.fromkeys(product_ids, 0) | dict(cursor.fetchall())


def quantities(store_id: int, product_ids: Iterable[int]) -> dict[int, int]:
    """Units of each product at a store, 0 where it is not stocked: from the cache, the rest in one query."""
    wanted = set(product_ids)
    generation = inventory_cache.generation(store_id)
    known = inventory_cache.read(store_id, wanted, under=generation)
    if missing := wanted - known.keys():
        fresh = quantities_now(store_id, missing)
        inventory_cache.write(store_id, fresh, under=generation)
        known |= fresh
    return known


def inventory_of(
    store_id: int, *, q: str = "", low_stock: bool = False, hidden_too: bool = False
) -> QuerySet[Inventory]:
    """A store's stock, alphabetical by product name. `q`: every word in the name, or a SKU that starts with it.

    `hidden_too`: with the products that are not sold, which only the store's staff may see.
    """
    rows = Inventory.objects.filter(store=store_id).select_related("product__category")
    if not hidden_too:
        rows = rows.filter(product__active=True)
    if q:
        rows = rows.filter(_words_in_name(q) | Q(product__sku__istartswith=q))
    if low_stock:
        rows = rows.filter(quantity__lte=settings.LOW_STOCK)
    return rows.order_by("product__name", "product_id")


def _words_in_name(q: str) -> Q:
    every = Q()
    for word in q.split():
        every &= Q(product__name__icontains=word)
    return every


def store_exists(store_id: int) -> bool:
    """Whether there is such a store."""
    return Store.objects.filter(pk=store_id).exists()


def works_at(user: AbstractBaseUser | AnonymousUser, store_id: int) -> bool:
    """Whether the user is on the store's staff. A superuser works at every store that there is."""
    if getattr(user, "is_superuser", False):
        return store_exists(store_id)
    return StoreStaff.objects.filter(store=store_id, user=user.pk).exists()
