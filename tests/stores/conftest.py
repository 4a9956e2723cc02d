"""A store with ten lamps, and its staff."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from products.models import Product
from stores.models import Store
from tests.factories import make_staff, make_stocked


@pytest.fixture
def lamp(store: Store) -> Product:
    return make_stocked(store, 10)


@pytest.fixture
def ann(api: APIClient, store: Store) -> User:
    ann = make_staff(store, "ann")
    api.force_authenticate(ann)
    return ann
