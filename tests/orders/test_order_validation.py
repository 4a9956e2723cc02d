"""POST /orders/ with a body that is not an order: a 4xx that names every bad field, and nothing saved."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.service]

MISSING = "This field is required."
NOT_AN_INTEGER = "A valid integer is required."
LINE = {"product_id": 1, "quantity": 1}


def post(api: APIClient, body: Any) -> Any:
    answer = api.post("/orders/", body, format="json")
    assert not Order.objects.exists()
    assert answer["Content-Type"] == "application/problem+json"
    return answer


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    "quantity",
    [True, False, "3", " 3", "3 ", "", 1.0, 1.5, None, [], [1], {}, {"a": 1}, 10**30, -(10**30)],
    ids=repr,
)
def test_quantity_other_than_an_integer_is_refused(api: APIClient, quantity: Any) -> None:
    found = errors(post(api, {"store_id": 1, "items": [{"product_id": 1, "quantity": quantity}]}))
    assert set(found) == {"items[0].quantity"}


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 2**31, 2**63 - 1])
def test_quantity_out_of_range_is_refused(api: APIClient, quantity: int) -> None:
    found = errors(post(api, {"store_id": 1, "items": [{"product_id": 1, "quantity": quantity}]}))
    assert set(found) == {"items[0].quantity"}


@pytest.mark.parametrize("product_id", [True, "1", 1.0, None, 0, -1, 2**63, [], {}], ids=repr)
def test_invalid_product_id_is_refused(api: APIClient, product_id: Any) -> None:
    found = errors(post(api, {"store_id": 1, "items": [{"product_id": product_id, "quantity": 1}]}))
    assert set(found) == {"items[0].product_id"}


@pytest.mark.parametrize("store_id", [True, "1", 1.5, None, 0, 2**63, [], {}], ids=repr)
def test_invalid_store_id_is_refused(api: APIClient, store_id: Any) -> None:
    assert set(errors(post(api, {"store_id": store_id, "items": [LINE]}))) == {"store_id"}


def test_every_bad_field_is_named(api: APIClient) -> None:
    body = {
        "store_id": "x",
        "items": [{"product_id": 1, "quantity": 0}, {"product_id": None}, LINE, "rubbish"],
        "email": "nobody",
    }
    assert errors(post(api, body)) == {
        "store_id": NOT_AN_INTEGER,
        "items[0].quantity": "Ensure this value is greater than or equal to 1.",
        "items[1].product_id": "This field may not be null.",
        "items[1].quantity": MISSING,
        "items[3]": "Invalid data. Expected a dictionary, but got str.",
        "email": "Enter a valid email address.",
    }


def test_too_long_email_is_named(api: APIClient) -> None:
    domain = ".".join(["x" * 60] * 4)  # no part of it is too long: 243 characters
    for name in ("n" * 11, "n" * 60):  # 255 characters, and 304
        body = {"store_id": 1, "items": [LINE], "email": f"{name}@{domain}"}
        assert errors(post(api, body)) == {"email": "Ensure this field has no more than 254 characters."}


@pytest.mark.parametrize("items", [None, {}, "x", 1, []], ids=repr)
def test_items_other_than_a_list_of_lines_are_refused(api: APIClient, items: Any) -> None:
    assert set(errors(post(api, {"store_id": 1, "items": items}))) == {"items"}


def test_empty_body_names_what_is_required(api: APIClient) -> None:
    assert errors(post(api, {})) == {"store_id": MISSING, "items": MISSING}


@pytest.mark.parametrize("body", [[], [LINE], "text", 5, True, None], ids=repr)
def test_body_other_than_an_object_is_refused(api: APIClient, body: Any) -> None:
    answer = api.post("/orders/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert not Order.objects.exists()


def test_more_than_100_lines_are_refused(api: APIClient) -> None:
    body = {"store_id": 1, "items": [{"product_id": number, "quantity": 1} for number in range(1, 102)]}
    assert errors(post(api, body)) == {"items": "Ensure this field has no more than 100 elements."}


def test_lines_of_one_product_beyond_the_limit_together_are_each_named(api: APIClient) -> None:
    big, small = {"product_id": 1, "quantity": 6_000}, {"product_id": 2, "quantity": 6_000}
    found = errors(post(api, {"store_id": 1, "items": [big, small, big]}))
    message = "Lines of this product ask for more than 10,000 together."
    assert found == {"items[0].quantity": message, "items[2].quantity": message}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"store_id": 1,}',
        b"\xff\xfe",
        b'{"store_id": NaN}',
        b'{"store_id": Infinity, "items": []}',
        b'{"store_id": 1, "items": [{"product_id": 1, "quantity": 1}], "email": "\\ud800@x.yz"}',
        b"[" * 100_000,
        b'{"items":' * 50_000,
    ],
    ids=["nothing", "cut off", "comma", "not UTF-8", "NaN", "Infinity", "surrogate", "deep lists", "deep objects"],
)
def test_broken_json_is_refused(api: APIClient, body: bytes) -> None:
    answer = api.post("/orders/", body, content_type="application/json")
    assert answer.status_code == 400
    assert not Order.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_content_type_is_unsupported(api: APIClient, content_type: str) -> None:
    answer = api.post("/orders/", "store_id=1", content_type=content_type)
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")


def test_body_of_10_megabytes_is_too_large(api: APIClient) -> None:
    answer = api.post("/orders/", b" " * 10_000_000, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("key", ["k" * 256, "k" * 5_000])
def test_idempotency_key_that_is_too_long_is_refused_by_name(api: APIClient, key: str) -> None:
    answer = api.post("/orders/", {"store_id": 1, "items": [LINE]}, format="json", headers={"Idempotency-Key": key})
    assert errors(answer) == {"Idempotency-Key": "Ensure this field has no more than 255 characters."}


def test_unsupported_method_is_not_allowed(api: APIClient) -> None:
    assert api.put("/orders/").status_code == 405
