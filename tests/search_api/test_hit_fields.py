"""What hits show comes from one doc value; while a release is replaced, some documents do not have it."""

from typing import Any

import pytest
from opensearchpy import helpers

from indexing import generation, shown_fields
from indexing.documents import build_documents, mapping
from products.models import Product
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def expected(shop: Shop) -> list[dict[str, Any]]:
    desk = make_product(
        "Oak desk “Ø”",
        brand="Müller & Søn",
        category="Büro > Möbel",
        price="1299.00",
        list_price="1499.00",
        images=[{"url": "https://pictures.example/desk.png", "alt": "Front"}],
    )
    make_product("Desk", brand="", price="0.50")
    make_stock(make_store(), desk, 3)
    shop.refresh()
    return [dict(hit) for hit in shop.search("desk").results]


def test_hits_show_their_product(expected: list[dict[str, Any]]) -> None:
    desk, plain = sorted(expected, key=lambda hit: -float(hit["price"]))
    product = Product.objects.get(name="Oak desk “Ø”")
    assert desk == {
        "id": product.pk,
        "sku": product.sku,
        "name": "Oak desk “Ø”",
        "brand": "Müller & Søn",
        "category": "Büro > Möbel",
        "price": "1299.00",
        "list_price": "1499.00",
        "image": {"url": "https://pictures.example/desk.png", "alt": "Front"},
        "in_stock": True,
        "highlight": {"name": "Oak <mark>desk</mark> “Ø”"},
        "missing_words": [],
    }
    assert (plain["brand"], plain["category"], plain["list_price"], plain["image"], plain["in_stock"]) == (
        "",
        "",
        None,
        None,
        False,
    )


@pytest.mark.parametrize(
    ("is_mapped", "older"),
    [(True, 1), (True, 2), (False, 2)],
    ids=["an older worker wrote one", "an older worker wrote all", "an older release built the index"],
)
def test_hits_without_the_field_show_the_same(
    shop: Shop, expected: list[dict[str, Any]], *, is_mapped: bool, older: int
) -> None:
    mappings, documents = mapping(), build_documents(Product.objects.values_list("pk", flat=True))
    if not is_mapped:
        del mappings["properties"][shown_fields.FIELD]
    for document in documents[:older]:
        del document[shown_fields.FIELD]
    shop.open(mappings)
    helpers.bulk(shop.client, ({"_index": shop.index, "_id": one["id"], **one} for one in documents), refresh=True)
    generation.bump()
    assert shop.search("desk").results == expected
