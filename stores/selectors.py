from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, When

from foundation.replica import connection_for_reads
from stores import inventory_cache
from stores.distances import Place, kilometres_from
from stores.models import Inventory, Store, StoreStaff

MAX_WORDS = 6  # of a text that stores are searched for
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


def find_stores(text: str) -> QuerySet[Store]:
    """Stores with every word in name, city, state, address, ZIP or code.

    Those whose city starts with the text come first.
    """
    stores = all_stores()
    for word in text.split()[:MAX_WORDS]:
        matches = Q(zip__startswith=word) | Q(code__iexact=word)
        for field in ("name", "city", "state", "address"):
            matches |= Q(**{f"{field}__unaccent__icontains": word})
        stores = stores.filter(matches)
    if not text:
        return stores
    rank = Case(When(city__unaccent__istartswith=text, then=0), default=1, output_field=IntegerField())
    return stores.order_by(rank, "sort_key", "id")


def stores_near(here: Place) -> QuerySet[Store]:
    """Stores with a known position and their distance `km`, nearest first."""
    return Store.objects.annotate(km=kilometres_from(here)).filter(km__isnull=False).order_by("km", "id")


def matching_stores(*, q: str = "", city: str = "", near: Place | None = None) -> QuerySet[Store]:
    """Stores with every word of `q`, in the city; with `near` the nearest first, with their distance `km`."""
    stores = find_stores(q)
    if city:
        stores = stores.filter(city__unaccent__iexact=city)
    if near is None:
        return stores
    return stores.annotate(km=kilometres_from(near)).order_by(F("km").asc(nulls_last=True), "sort_key", "id")


def stock_of_product(
    product_id: int, *, near: Place | None = None, in_stock: bool | None = None, city: str = ""
) -> QuerySet[Inventory]:
    """The product's rows, by name of the store; with `near` the nearest first, with their distance `km`."""
    rows = Inventory.objects.filter(product=product_id).select_related("store")
    if in_stock is not None:
        rows = rows.filter(quantity__gt=0) if in_stock else rows.filter(quantity=0)
    if city:
        rows = rows.filter(store__city__unaccent__iexact=city)
    if near is None:
        return rows.order_by("store__sort_key", "store_id")
    rows = rows.annotate(km=kilometres_from(near, "store__"))
    return rows.order_by(F("km").asc(nulls_last=True), "store__sort_key", "store_id")


def stores_with_stock(product_ids: Collection[int]) -> dict[int, int]:
    """How many stores have each product in stock; one query."""
    rows = Inventory.objects.filter(product__in=product_ids, quantity__gt=0).order_by()
    return dict.fromkeys(product_ids, 0) | dict(rows.values_list("product").annotate(stores=Count("*")))


# Runs for every page of results at a store. Building it with the ORM takes longer than running it.
_QUANTITIES = "SELECT product_id, quantity FROM stores_inventory WHERE store_id = %s AND product_id = ANY(%s)"


def uncached_quantities(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Units of each product at a store, 0 when not stocked; one query, of the standby within `may_be_late`.

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
        fresh = uncached_quantities(store_id, missing)
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
