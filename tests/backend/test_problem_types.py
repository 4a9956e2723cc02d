"""Every problem has a stable type, and every field of it a stable code."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from limits import parse
from rest_framework.test import APIClient

from backend.api import problem_types
from backend.api.problems import STATUS_OF
from stores.models import Store
from tests.factories import make_stocked

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
ROW = re.compile(r"^\| `/problems/(?P<code>[a-z-]+)` \| (?P<status>\d{3}) \| ", re.MULTILINE)
OF_KEYS = {
    problem_types.INVALID_KEY: 401,
    problem_types.KEY_REQUIRED: 401,
    problem_types.KEY_NOT_FOR_ROUTE: 403,
    problem_types.KEY_NOT_FOR_ORIGIN: 403,
    problem_types.SERVER_KEY_IN_PAGE: 403,
    problem_types.BAD_SHOPPER_ADDRESS: 400,
}


def existing() -> Iterator[tuple[str, int]]:
    for kind, status in STATUS_OF.items():
        yield problem_types.code_of_class(kind), status
    for status, code in problem_types.CODES_BY_STATUS.items():
        yield code, status
    yield from OF_KEYS.items()
    for kind, code in problem_types.CODES.items():
        yield code, getattr(kind, "status_code", STATUS_OF.get(kind, 0))


@pytest.mark.unit
def test_exactly_the_existing_types_are_documented() -> None:
    documented = [(row["code"], int(row["status"])) for row in ROW.finditer(DOCUMENT.read_text(encoding="utf-8"))]
    assert sorted(documented) == sorted(set(existing()))


def problem(response: Any) -> tuple[str, list[tuple[str, str]]]:
    body = response.json()
    return body["type"], [(each["field"], each["code"]) for each in body.get("errors", ())]


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/search/products/?page_size=101", ("invalid-parameters", [("page_size", "max_value")])),
        ("/search/products/?sort=sideways", ("invalid-parameters", [("sort", "invalid_choice")])),
        ("/search/products/?colour=red", ("invalid-parameters", [("colour", "unknown_parameter")])),
        ("/search/products/?page=1&page=2", ("invalid-parameters", [("page", "repeated")])),
        ("/search/products/?store_id=99999", ("invalid-parameters", [("store_id", "does_not_exist")])),
        ("/search/products/?cursor=x", ("bad-cursor", [("cursor", "invalid")])),
        ("/search/suggest/", ("invalid-parameters", [("q", "required")])),
        ("/stores/9999999/inventory/", ("not-found", [])),
        ("/stores/1/orders/", ("not-signed-in", [])),
        ("/orders/what/ever/", ("not-found", [])),
        ("/search/clicks/", ("method-not-allowed", [])),
    ],
)
def test_type_and_codes_of_a_refused_get(client: Client, path: str, expected: tuple[str, list[Any]]) -> None:
    assert problem(client.get(path)) == (f"/problems/{expected[0]}", expected[1])


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("invalid-parameters", [("store_id", "required"), ("items", "required")])),
        ({"store_id": 1, "items": [{"product_id": 0, "quantity": 0}]}, ("invalid-parameters", None)),
        ({"store_id": 0, "items": [{"product_id": 1, "quantity": 1}]}, ("invalid-parameters", None)),
        (
            {"store_id": 999_999, "items": [{"product_id": 999_999, "quantity": 1}]},
            ("invalid-order", [("store_id", "does_not_exist"), ("items[0].product_id", "does_not_exist")]),
        ),
    ],
)
def test_type_and_codes_of_a_refused_order(
    api: APIClient, body: object, expected: tuple[str, list[Any] | None]
) -> None:
    kind, codes = problem(api.post("/orders/", body, format="json"))
    assert kind == f"/problems/{expected[0]}"
    assert codes
    assert expected[1] is None or codes == expected[1]


@pytest.mark.service
@pytest.mark.django_db
def test_types_of_what_is_no_field(api: APIClient, store: Store) -> None:
    lamp = make_stocked(store, 1)
    order = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 2}]}
    assert problem(api.post("/orders/", order, format="json")) == ("/problems/order-rejected", [])
    malformed = api.post("/orders/", "{", content_type="application/json")
    assert problem(malformed) == ("/problems/malformed-body", [])
    assert problem(api.post("/orders/", "x", content_type="text/plain"))[0] == "/problems/unsupported-media-type"
    bad_token = api.get("/stores/", headers={"Authorization": "Bearer wrong"})
    assert problem(bad_token) == ("/problems/invalid-credentials", [])
    with override_settings(THROTTLE_RATES={"suggest": parse("1/minute")}):
        answers = [api.get("/search/suggest/?q=la", REMOTE_ADDR="192.0.2.200") for _ in range(2)]
    assert problem(answers[1]) == ("/problems/too-many-requests", [])
