"""A store with five lamps, where a test does not say otherwise."""

import pytest

from products.models import Product
from stores.models import Store
from tests.factories import make_product, make_stock, make_store


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def lamp(store: Store) -> Product:
    lamp = make_product("Lamp")
    make_stock(store, lamp, 5)
    return lamp
