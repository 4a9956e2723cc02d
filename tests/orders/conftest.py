"""A store with five lamps, and a customer of it."""

import pytest
from rest_framework.test import APIClient

from products.models import Product
from stores.models import Store
from tests.factories import make_stocked, make_user


@pytest.fixture
def lamp(store: Store) -> Product:
    return make_stocked(store, 5)


@pytest.fixture
def guest() -> APIClient:
    """A client that is not signed in."""
    return APIClient()


@pytest.fixture
def api(db: None) -> APIClient:
    """A client that is signed in as a customer."""
    del db
    client = APIClient()
    client.force_authenticate(make_user())
    return client
