"""Factories with plain defaults. Nothing is random; a test names the values that matter to it."""

import itertools
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User

from indexing import stored_terms
from products.models import PATH_SEPARATOR, Attribute, Category, Product
from stores.models import Inventory, StockAdjustment, Store, StoreStaff

_number = itertools.count(1)


def make_category(path: str) -> Category:
    """The category at a path such as 'Computers > Laptops'; missing ones on the path are created."""
    above, _, name = path.rpartition(PATH_SEPARATOR)
    parent = make_category(above) if above else None
    category, created = Category.objects.get_or_create(name=name, parent=parent)
    if created:
        category.refresh_from_db()
    return category


def make_attribute(code: str, type: str = "text", **fields: Any) -> Attribute:  # noqa: A002 - the field's name
    """An attribute whose label is its code in words."""
    return Attribute.objects.create(code=code, label=code.replace("_", " ").capitalize(), type=type, **fields)


def make_product(name: str = "Plain product", *, category: str = "", price: str = "10.00", **fields: Any) -> Product:
    """A product with a SKU of its own unless `sku` is given, and with its terms, which sync writes otherwise."""
    fields.setdefault("sku", f"SKU-{next(_number)}")
    product = Product.objects.create(
        name=name, category=make_category(category) if category else None, price=Decimal(price), **fields
    )
    stored_terms.write([product.pk])
    return product


def make_store(name: str = "Main Street", **fields: Any) -> Store:
    """A store with a code of its own unless `code` is given."""
    fields.setdefault("code", f"store-{next(_number)}")
    return Store.objects.create(name=name, **fields)


def make_stock(store: Store, product: Product, quantity: int) -> Inventory:
    """Units of a product at a store, with the adjustment that accounts for them."""
    StockAdjustment.objects.create(store=store, product=product, kind=StockAdjustment.Kind.SET, delta=quantity)
    return Inventory.objects.create(store=store, product=product, quantity=quantity)


def make_stocked(store: Store, quantity: int) -> Product:
    """A lamp with that many units at the store."""
    lamp = make_product("Lamp")
    make_stock(store, lamp, quantity)
    return lamp


def make_user(username: str = "", **fields: Any) -> User:
    """A user who can sign in with the password 'password'."""
    return User.objects.create_user(username or f"user-{next(_number)}", password="password", **fields)


def make_staff(store: Store, username: str = "") -> User:
    """A user who works at the store."""
    user = make_user(username)
    StoreStaff.objects.create(store=store, user=user)
    return user
