"""A store with five lamps."""

import pytest

from products.models import Product
from stores.models import Store
from tests.factories import make_stocked


@pytest.fixture
def lamp(store: Store) -> Product:
    return make_stocked(store, 5)
