"""GET /products/<id>/: one product."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from tests.factories import make_attribute, make_product, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def not_found(path: str) -> dict[str, Any]:
    return {
        "type": "/problems/not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such product.",
        "instance": path,
    }


def test_anonymous_client_sees_the_product(api: APIClient) -> None:
    make_attribute("colour")
    product = make_product(
        "Aero Laptop",
        sku="L-1",
        brand="Norvane",
        category="Computers > Laptops",
        price="849.95",
        description="Thin and light.",
        attributes={"colour": "Silver"},
        released=date(2024, 3, 31),
    )
    response = api.get(f"/products/{product.pk}/")
    assert (response.status_code, response.json()) == (
        200,
        {
            "id": product.pk,
            "sku": "L-1",
            "name": "Aero Laptop",
            "brand": "Norvane",
            "category": "Computers > Laptops",
            "price": "849.95",
            "list_price": None,
            "currency": "USD",
            "description": "Thin and light.",
            "attributes": {"colour": "Silver"},
            "specifications": [{"code": "colour", "label": "Colour", "text": "Silver"}],
            "gtins": [],
            "images": [],
            "released": "2024-03-31",
            "stock": {"in_stock": False, "stores": 0},
        },
    )


def test_missing_values_are_empty_or_null(api: APIClient) -> None:
    product = make_product("Mug", sku="M-1", price="4")
    assert api.get(f"/products/{product.pk}/").json() == {
        "id": product.pk,
        "sku": "M-1",
        "name": "Mug",
        "brand": "",
        "category": None,
        "price": "4.00",
        "list_price": None,
        "currency": "USD",
        "description": "",
        "attributes": {},
        "specifications": [],
        "gtins": [],
        "images": [],
        "released": None,
        "stock": {"in_stock": False, "stores": 0},
    }


@pytest.mark.parametrize("user", ["guest", "superuser"])
def test_inactive_product_is_not_found(api: APIClient, user: str) -> None:
    if user == "superuser":
        api.force_authenticate(User.objects.create_superuser("root"))
    path = f"/products/{make_product(active=False).pk}/"
    response = api.get(path)
    assert (response.status_code, response.json()) == (404, not_found(path))
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999999"])
def test_unknown_product_is_not_found(api: APIClient, number: str) -> None:
    path = f"/products/{number}/"
    response = api.get(path)
    assert (response.status_code, response.json()) == (404, not_found(path))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_shoppers_write_no_products(api: APIClient, method: str) -> None:
    api.force_authenticate(make_user())
    product = make_product()
    assert getattr(api, method)(f"/products/{product.pk}/", {}, format="json").status_code == 403


@pytest.mark.parametrize("depth", [1, 3])
def test_two_queries_however_deep_the_category(api: APIClient, django_assert_num_queries: Any, depth: int) -> None:
    product = make_product(category=" > ".join("ABC"[:depth]))
    with django_assert_num_queries(2):  # the product; its stock
        api.get(f"/products/{product.pk}/")
