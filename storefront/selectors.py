"""What the pages read from the database themselves; searching is `search_api`'s."""

import dataclasses
import math
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import ACos, Cast, Cos, Greatest, Least, Radians, Sin
from django.utils.functional import cached_property

from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from stores.selectors import all_stores, quantities

EARTH_RADIUS = 6371.0  # km
SHOWN_STOCK = 30  # stores on a product's page


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of the basket. `available` is None while no store is chosen."""

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
    """The basket with today's names, prices and stock."""

    lines: list[Line]

    @cached_property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def short(self) -> list[Line]:
        return [line for line in self.lines if line.is_short]


def basket_content(basket: Mapping[int, int], store: Store | None) -> BasketContent:
    """The basket's lines in its own order. A product that was deleted has no line."""
    products = Product.objects.select_related("category").in_bulk(list(basket))
    held = quantities(store.pk, products) if store else {}
    return BasketContent(
        [
            Line(products[product_id], quantity, held.get(product_id, 0) if store else None)
            for product_id, quantity in basket.items()
            if product_id in products
        ]
    )


def sellable_now(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Units of each product that the store could sell, past every cache: 0 of what is hidden or not stocked there."""
    rows = Inventory.objects.filter(store=store_id, product__in=product_ids, product__active=True)
    return dict.fromkeys(product_ids, 0) | dict(rows.values_list("product_id", "quantity"))


def stores_with(product: Product, store: Store | None) -> QuerySet[Inventory]:
    """Where else a product is in stock: the nearest to the visitor's store first, or by name."""
    rows = Inventory.objects.filter(product=product, quantity__gt=0).select_related("store")
    if store is None:
        return rows.order_by("store__name", "store_id")
    rows = rows.exclude(store=store)
    here = position_of(store)
    if here is None:
        return rows.order_by("store__name", "store_id")
    return rows.annotate(km=kilometres_from(here, "store__")).order_by(F("km").asc(nulls_last=True), "store__name")


def position_of(store: Store) -> tuple[float, float] | None:
    """Latitude and longitude, when the store has both."""
    if store.latitude is None or store.longitude is None:
        return None
    return float(store.latitude), float(store.longitude)


def kilometres_from(here: tuple[float, float], prefix: str = "") -> Case:
    """Great-circle distance to a row's store, NULL where its position is unknown."""
    latitude, longitude = (math.radians(degrees) for degrees in here)
    its_latitude = Radians(Cast(f"{prefix}latitude", FloatField()))
    its_longitude = Radians(Cast(f"{prefix}longitude", FloatField()))
    cosine = Value(math.sin(latitude)) * Sin(its_latitude) + Value(math.cos(latitude)) * Cos(its_latitude) * Cos(
        its_longitude - Value(longitude)
    )
    # Rounding may put the cosine of a store's distance to itself just above 1.
    angle = ACos(Least(Greatest(cosine, Value(-1.0)), Value(1.0)))
    return Case(
        When(
            Q(**{f"{prefix}latitude__isnull": False, f"{prefix}longitude__isnull": False}),
            then=angle * Value(EARTH_RADIUS),
        ),
        output_field=FloatField(),
    )


def find_stores(text: str) -> QuerySet[Store]:
    """Stores with every word in name, city, state, ZIP or code; those whose city starts with the text first."""
    stores = all_stores()
    for word in text.split()[:6]:
        anywhere = Q()
        for field in ("name", "city", "state", "address"):
            anywhere |= Q(**{f"{field}__icontains": word})
        stores = stores.filter(anywhere | Q(zip__startswith=word) | Q(code__iexact=word))
    if not text:
        return stores
    rank = Case(When(city__istartswith=text, then=0), default=1, output_field=IntegerField())
    return stores.order_by(rank, "name", "id")


def stores_near(here: tuple[float, float]) -> QuerySet[Store]:
    """Stores whose position is known, the nearest first, with `km`."""
    return Store.objects.annotate(km=kilometres_from(here)).filter(km__isnull=False).order_by("km", "id")


def staffed_stores(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Store]:
    """The stores whose orders and stock the user may see: those they work at; a superuser, all."""
    if getattr(user, "is_superuser", False):
        return all_stores()
    return all_stores().filter(staff=user.pk)


def orders_of(user: AbstractBaseUser | AnonymousUser, placed_here: set[str]) -> QuerySet[Order]:
    """A visitor's orders, newest first: those of the account and of this session."""
    mine = Q(pk__in=placed_here)
    if user.is_authenticated:
        mine |= Q(customer=user.pk)
    return Order.objects.filter(mine).select_related("store").order_by("-created_at", "-id")
