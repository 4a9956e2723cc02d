"""What anybody may read is reused by browsers and proxies for a moment, and confirmed by its ETag."""

import pytest
from django.test import Client, override_settings

from products.models import Product
from stores.services import adjust_stock
from tests.factories import make_product, make_stock, make_store, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]

SHARED = "public, max-age=10, stale-while-revalidate=30"


@pytest.fixture
def product() -> Product:
    product = make_product("Kettle")
    make_stock(make_store(), product, 3)
    return product


def reads(product: Product) -> list[str]:
    store = product.inventory.get().store_id
    return [
        "/config/",
        "/categories/",
        "/stores/",
        f"/stores/{store}/",
        f"/products/{product.pk}/",
        f"/products/batch/?id={product.pk}",
    ]


@override_settings(SEARCH_MAX_AGE=10)
def test_answers_are_shared_and_confirmed_by_their_etag(client: Client, product: Product) -> None:
    for url in reads(product):
        first = client.get(url)
        assert (first.status_code, first["Cache-Control"]) == (200, SHARED), url
        assert {"Accept", "Authorization"} <= set(first["Vary"].split(", ")), url
        again = client.get(url, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", SHARED), url


def test_condition_that_does_not_hold_is_a_problem(client: Client, product: Product) -> None:
    for url in reads(product):
        for condition in ({"If-Match": '"other"'}, {"If-Unmodified-Since": "Wed, 21 Oct 2015 07:28:00 GMT"}):
            answer = client.get(url, headers=condition)
            problem = answer.json()
            assert (answer.status_code, answer["Content-Type"]) == (412, "application/problem+json"), url
            assert problem["type"] == "/problems/precondition-failed"
            assert problem["detail"] == "The answer is not in the state that If-Match or If-Unmodified-Since names."


def test_changed_product_has_another_etag(client: Client, product: Product) -> None:
    url = f"/products/{product.pk}/"
    before = client.get(url)["ETag"]
    Product.objects.filter(pk=product.pk).update(price=99)
    after = client.get(url, headers={"If-None-Match": before})
    assert (after.status_code, after.json()["price"]) == (200, "99.00")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["/products/{}/?store_id={}", "/products/batch/?id={}&store_id={}"])
def test_exact_quantities_are_never_reused_without_asking(client: Client, product: Product, url: str) -> None:
    store = product.inventory.get().store_id
    first = client.get(url.format(product.pk, store))
    assert first["Cache-Control"] == "no-cache"
    asked_again = {"If-None-Match": first["ETag"]}
    assert client.get(url.format(product.pk, store), headers=asked_again).status_code == 304
    adjust_stock(store_id=store, product_id=product.pk, delta=-1)
    assert client.get(url.format(product.pk, store), headers=asked_again).status_code == 200


def test_answer_to_someone_who_is_signed_in_is_private(client: Client, product: Product) -> None:
    client.force_login(make_user())
    for url in reads(product):
        assert client.get(url)["Cache-Control"] == "private, no-store", url


@pytest.mark.django_db(transaction=True)
def test_etag_for_writes_says_nothing_of_the_stock(client: Client, product: Product) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))
    url = f"/products/{product.pk}/"
    before = client.get(url)
    adjust_stock(store_id=product.inventory.get().store_id, product_id=product.pk, delta=-3)
    after = client.get(url, headers={"If-None-Match": before["ETag"]})
    assert (before.json()["stock"]["in_stock"], after.status_code, after["ETag"]) == (True, 200, before["ETag"])
    assert not after.json()["stock"]["in_stock"]


def test_errors_are_not_shared(client: Client) -> None:
    for url in ("/products/1/", "/stores/1/", "/stores/?near=nowhere"):
        assert "public" not in client.get(url).get("Cache-Control", ""), url
