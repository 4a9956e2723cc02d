"""The order that docs/orders.md shows can be placed."""

import json
import re

import pytest
from rest_framework.test import APIClient

from orders.models import Order
from stores.models import Store
from tests.factories import make_stocked
from tools.devstack.state import CHECKOUT

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def test_documented_order_is_placed(api: APIClient, store: Store) -> None:
    (shown,) = re.findall(r"POST /orders/\n(.*)\n```", (CHECKOUT / "docs/orders.md").read_text())
    order = json.loads(shown)
    (line,) = order["items"]
    known = {"store_id": store.pk, "items": [line | {"product_id": make_stocked(store, line["quantity"]).pk}]}
    answer = api.post("/orders/", order | known, format="json")
    assert (answer.status_code, answer.json()["status"]) == (201, "CONFIRMED")
    assert Order.objects.get().email == order["email"]
