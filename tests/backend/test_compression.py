"""Large public answers are compressed for clients that ask for it; nothing that holds a secret is."""

import gzip
import json

import pytest
from django.test import Client, override_settings

from stores.models import Store
from tests.factories import make_product, make_stock

pytestmark = [pytest.mark.service, pytest.mark.django_db]

SEARCH = "/search/products/?q=lamp"
ASKS = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def lamps(engine_away: None, store: Store) -> Store:
    """Twenty hits, of the fallback: they need no index."""
    del engine_away
    for number in range(20):
        make_stock(store, make_product(f"Lamp {number}"), 9)
    return store


@pytest.mark.usefixtures("lamps")
def test_large_answer_of_a_search_is_compressed(client: Client) -> None:
    plain = client.get(SEARCH)
    small = client.get(SEARCH, headers=ASKS)
    assert (plain.get("Content-Encoding"), small["Content-Encoding"]) == (None, "gzip")
    assert json.loads(gzip.decompress(small.content))["results"] == plain.json()["results"]
    assert int(small["Content-Length"]) == len(small.content) < len(plain.content) / 3
    assert all("accept-encoding" in answer["Vary"].lower() for answer in (plain, small))


@pytest.mark.usefixtures("lamps")
def test_answer_of_a_packet_is_not_compressed(client: Client) -> None:
    answer = client.get(f"{SEARCH}ps-that-nobody-sells", headers=ASKS)
    assert (answer.status_code, "Content-Encoding" in answer) == (200, False)
    assert len(answer.content) < 1024


@pytest.mark.parametrize("path", ["/admin/login/", "/stores/"])
@pytest.mark.usefixtures("lamps")
def test_what_may_hold_a_secret_is_not_compressed(client: Client, path: str) -> None:
    answer = client.get(path, headers=ASKS)
    assert (answer.status_code, "Content-Encoding" in answer) == (200, False)


@override_settings(GUEST_MAX_LINES=50)
def test_order_with_its_access_token_is_not_compressed(client: Client, lamps: Store) -> None:
    items = [{"product_id": row.product_id, "quantity": 1} for row in lamps.inventory.all()]
    body = {"store_id": lamps.pk, "items": items}
    answer = client.post("/orders/", body, content_type="application/json", headers=ASKS)
    assert (answer.status_code, "access_token" in answer.json(), len(answer.content) > 1024) == (201, True, True)
    assert "Content-Encoding" not in answer
