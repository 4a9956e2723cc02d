"""POST /products/bulk/: many writes, each with its own result."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from products.models import Attribute, Category, Product
from tests.factories import make_product
from tests.products.test_write_api import permit

pytestmark = [pytest.mark.django_db, pytest.mark.service]

LAMP: dict[str, Any] = {"name": "Lamp", "price": "12.50"}


@pytest.fixture
def staff(api: APIClient) -> APIClient:
    return permit(api, "add", "change")


def send(api: APIClient, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    response = api.post("/products/bulk/", {"operations": operations}, format="json")
    assert response.status_code == 200, response.content
    results: list[dict[str, Any]] = response.json()["results"]
    assert [result["sku"] for result in results] == [operation["sku"] for operation in operations]
    return results


def test_each_operation_has_its_result_and_failures_stop_no_other(staff: APIClient) -> None:
    same, other, hidden = (make_product("Lamp", sku=sku, price="12.50") for sku in ("same", "other", "hidden"))
    results = send(
        staff,
        {"method": "PUT", "sku": "new", "product": {**LAMP, "category": "Home > Lamps"}},
        {"method": "PUT", "sku": "same", "product": LAMP},
        {"method": "PATCH", "sku": "other", "product": {"price": "9.95"}},
        {"method": "DELETE", "sku": "hidden"},
        {"method": "PUT", "sku": "bad", "product": {"name": "", "price": "x", "category": "Never"}},
        {"method": "PATCH", "sku": "nothing", "product": {}},
        {"method": "DELETE", "sku": "same", "if_match": '"earlier"'},
        {"method": "PUT", "sku": "", "product": LAMP},
    )
    assert [result["result"] for result in results] == [
        *("created", "unchanged", "updated", "updated"),
        *("invalid", "missing", "changed", "invalid"),
    ]
    new = Product.objects.get(sku="new")
    assert [result.get("id") for result in results[:4]] == [new.pk, same.pk, other.pk, hidden.pk]
    assert results[4]["errors"] == [
        {"field": "name", "code": "invalid", "message": "it is empty"},
        {"field": "price", "code": "invalid", "message": "'x' is not a number such as 49.95"},
    ]
    assert results[6]["etag"] == results[1]["etag"]
    assert results[7]["errors"] == [{"field": "sku", "code": "invalid", "message": "it is empty"}]
    assert set(Product.objects.values_list("sku", "active")) == {
        *(("new", True), ("same", True), ("other", True)),
        ("hidden", False),
    }
    assert set(Category.objects.values_list("path", flat=True)) == {"Home", "Home > Lamps"}


def test_operations_on_one_product_are_applied_in_their_order(staff: APIClient) -> None:
    results = send(
        staff,
        {"method": "PUT", "sku": "L-1", "product": {**LAMP, "attributes": {"colour": "Red", "size": 1}}},
        {"method": "PATCH", "sku": "L-1", "product": {"attributes": {"colour": None, "size": 2}}},
        {"method": "PATCH", "sku": "L-1", "product": {"name": ""}},
        {"method": "DELETE", "sku": "L-1"},
    )
    assert [result["result"] for result in results] == ["created", "updated", "invalid", "updated"]
    product = Product.objects.get()
    assert (product.attributes, product.active) == ({"size": 2}, False)
    assert results[0]["etag"] == results[3]["etag"]


def test_type_of_a_new_attribute_fits_all_values_of_the_request(staff: APIClient) -> None:
    for_all = ("4 GB", "8 GB", "plenty")
    send(
        staff,
        *(
            {"method": "PUT", "sku": f"L-{memory}", "product": {**LAMP, "attributes": {"memory": memory}}}
            for memory in for_all
        ),
    )
    assert Attribute.objects.get().type == "text"
    [result] = send(staff, {"method": "PATCH", "sku": "L-plenty", "product": {"attributes": {"memory": ["a", "b"]}}})
    assert result["result"] == "updated"


def test_thousand_operations_take_as_many_queries_as_ten(staff: APIClient) -> None:
    numbers: list[int] = []
    for rows in (10, 1000):
        operations: list[dict[str, Any]] = [
            {
                "method": "PUT",
                "sku": f"L-{number}",
                "product": {**LAMP, "category": "Home", "description": "Burns. " * 100, "attributes": {"size": number}},
            }
            for number in range(rows)
        ]
        for price in ("1.00", "2.00"):
            changed = [{**one, "product": {**one["product"], "price": price}} for one in operations]
            with CaptureQueriesContext(connection) as captured:
                results = send(staff, *changed)
            assert not {result["result"] for result in results} - {"created", "updated"}
            numbers.append(len(captured))
        Product.objects.all().delete()
    # The very first request also creates the category and the attribute.
    assert numbers == [19, 9, 10, 9]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "operations"),
        ({"operations": []}, "operations"),
        ({"operations": [{"method": "DELETE", "sku": "L-1"}] * 1001}, "operations"),
        (
            {"operations": [{"method": "DELETE", "sku": "L-1"}, {"method": "POST", "sku": "L-1"}]},
            "operations[1].method",
        ),
        ({"operations": [{"method": "PUT", "sku": "L-1", "product": []}]}, "operations[0].product"),
        ({"operations": [{"method": "DELETE"}]}, "operations[0].sku"),
        ({"operations": ["DELETE"]}, "operations[0]"),
    ],
)
def test_body_of_another_shape_is_refused_as_a_whole(staff: APIClient, body: dict[str, Any], field: str) -> None:
    make_product(sku="L-1")
    response = staff.post("/products/bulk/", body, format="json")
    assert response.status_code == 400
    assert field in [error["field"] for error in response.json()["errors"]]
    assert Product.objects.get().active


def test_body_may_have_eight_mebibytes(staff: APIClient) -> None:
    one = {"method": "PUT", "sku": "L-1", "product": {**LAMP, "description": "x" * (7 * 1024 * 1024)}}
    assert send(staff, one)[0]["result"] == "created"
    one["product"] = {**LAMP, "description": "x" * (8 * 1024 * 1024)}
    assert staff.post("/products/bulk/", {"operations": [one]}, format="json").status_code == 413


def test_without_the_permission_to_create_only_existing_products_are_written(api: APIClient) -> None:
    make_product(sku="old")
    permit(api, "change")
    results = send(
        api, {"method": "PUT", "sku": "new", "product": LAMP}, {"method": "PUT", "sku": "old", "product": LAMP}
    )
    assert [result["result"] for result in results] == ["forbidden", "updated"]


def test_sku_that_differs_only_in_case_is_refused(staff: APIClient) -> None:
    make_product(sku="lamp-1")
    results = send(
        staff,
        {"method": "PUT", "sku": "LAMP-1", "product": LAMP},
        {"method": "PUT", "sku": "lamp-2", "product": LAMP},
        {"method": "PUT", "sku": "Lamp-2", "product": LAMP},
        {"method": "PUT", "sku": "lamp-1", "product": LAMP},
    )
    assert [result["result"] for result in results] == ["invalid", "created", "invalid", "updated"]
    assert [results[place]["errors"][0]["message"] for place in (0, 2)] == [
        "'LAMP-1' differs only in case from the product 'lamp-1'",
        "'Lamp-2' differs only in case from the product 'lamp-2'",
    ]


def test_text_that_cannot_be_indexed_fails_alone(staff: APIClient) -> None:
    endless = " ".join(f"word{number}" for number in range(300_000))
    make_product("Old", sku="old")
    results = send(
        staff,
        {"method": "PUT", "sku": "new", "product": LAMP},
        {"method": "PUT", "sku": "long", "product": {**LAMP, "description": endless}},
        {"method": "PATCH", "sku": "old", "product": {"description": endless}},
        {"method": "PUT", "sku": "newer", "product": LAMP},
    )
    assert [result["result"] for result in results] == ["created", "invalid", "invalid", "created"]
    assert results[1]["errors"] == [
        {"field": "description", "code": "invalid", "message": "PostgreSQL cannot index so much text"}
    ]
    assert set(Product.objects.values_list("sku", "description")) == {("old", ""), ("new", ""), ("newer", "")}
