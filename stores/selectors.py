from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q, QuerySet

from foundation.replica import connection_for_reads
from stores import inventory_cache
from stores.models import Inventory, Store, StoreStaff

CLOCKS_DIFFER_BY = timedelta(minutes=1)  # at most: a hand-held scanner and PostgreSQL's machine


def now() -> datetime:
    """The time of PostgreSQL's clock, from which orders and movements get theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast("tuple[datetime]", cursor.fetchone())[0]


def lies_ahead(time: datetime) -> bool:
    """Whether a count cannot have been made at that time yet."""
    return time > now() + CLOCKS_DIFFER_BY


def all_stores() -> QuerySet[Store]:
    return Store.objects.order_by("sort_key", "id")


# Runs for every page of results at a store. Building it with the ORM takes longer than running it.
_QUANTITIES = "SELECT product_id, quantity FROM stores_inventory WHERE store_id = %s AND product_id = ANY(%s)"


def quantities_now(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Units of each product at a store from PostgreSQL, 0 when not stocked; one query.

    For a page of results it is faster than the cache (`docs/decisions/quantities.md`).
    """
    with connection_for_reads().cursor() as cursor:
        cursor.execute(_QUANTITIES, [store_id, list(product_ids)])
        return dict.fromkeys(product_ids, 0) | dict(cursor.fetchall())


def quantities(store_id: int, product_ids: Iterable[int]) -> dict[int, int]:
    """Units of each product at a store, 0 when not stocked: cached, the others in one query."""
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
    """A store's stock by product name. `q`: every word in the name, or a prefix of the SKU.

    `hidden_too` includes hidden products, which only the store's staff may see.
    """
    rows = Inventory.objects.filter(store=store_id).select_related("product__category")
    if not hidden_too:
        rows = rows.filter(product__active=True)
    if q:
        every_word = Q()
        for word in q.split():
            every_word &= Q(product__name__icontains=word)
        rows = rows.filter(every_word | Q(product__sku__istartswith=q))
    if low_stock:
        rows = rows.filter(quantity__lte=settings.LOW_STOCK)
    return rows.order_by("product__sort_key", "product_id")


def store_exists(store_id: int) -> bool:
    return Store.objects.filter(pk=store_id).exists()


def works_at(user: AbstractBaseUser | AnonymousUser, store_id: int) -> bool:
    """Whether the user is on the store's staff. A superuser works at every existing store."""
    if getattr(user, "is_superuser", False):
        return store_exists(store_id)
    return StoreStaff.objects.filter(store=store_id, user=user.pk).exists()
