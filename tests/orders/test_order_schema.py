"""Real answers of the order endpoints fit the API's schema, and so do its own examples."""

from typing import Any

import jsonschema
import pytest
from rest_framework.test import APIClient

from products.models import Product
from stores.models import Store
from tests.factories import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.service]

PLACE, SHOW, CANCEL, LIST = (
    "/orders/",
    "/orders/{order_id}/",
    "/orders/{order_id}/cancel/",
    "/stores/{store_id}/orders/",
)


@pytest.fixture
def schema(api: APIClient) -> Any:
    return with_null(api.get("/schema/", {"format": "json"}).json())


def with_null(part: Any) -> Any:
    """The schema with OpenAPI's `nullable` written as JSON Schema."""
    if isinstance(part, list):
        return [with_null(each) for each in part]
    if not isinstance(part, dict):
        return part
    plain = {name: with_null(value) for name, value in part.items()}
    return {"anyOf": [plain, {"type": "null"}]} if plain.pop("nullable", False) is True else plain


def assert_documented(schema: Any, answer: Any, path: str) -> None:
    method = answer.request["REQUEST_METHOD"].lower()
    responses = schema["paths"][path][method]["responses"][str(answer.status_code)]
    media_type = answer["Content-Type"]
    shape = responses["content"][media_type]["schema"]
    jsonschema.validate(answer.json(), {**shape, "components": schema["components"]})


def post(api: APIClient, store: Store, lamp: Product, quantity: Any, key: str = "") -> Any:
    body = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": quantity}]}
    return api.post("/orders/", body, format="json", headers={"Idempotency-Key": key} if key else {})


def test_answers_to_placing_are_as_documented(api: APIClient, schema: Any, store: Store, lamp: Product) -> None:
    answers = [
        post(api, store, lamp, 1, "key"),
        post(api, store, lamp, 9),
        post(api, store, lamp, "x"),
        post(api, store, lamp, 2, "key"),
        api.post("/orders/", "x", content_type="text/plain"),
    ]
    assert [answer.status_code for answer in answers] == [201, 409, 400, 422, 415]
    for answer in answers:
        assert_documented(schema, answer, PLACE)


def test_answers_to_showing_cancelling_and_listing_are_as_documented(
    api: APIClient, schema: Any, store: Store, lamp: Product
) -> None:
    order = post(api, store, lamp, 1).json()
    assert_documented(schema, api.get(f"/orders/{order['id']}/"), SHOW)
    for status in (200, 409):
        answer = api.post(f"/orders/{order['id']}/cancel/")
        assert answer.status_code == status
        assert_documented(schema, answer, CANCEL)
    assert_documented(schema, api.get(f"/stores/{store.pk}/orders/"), LIST)
    api.force_authenticate(make_staff(store))
    assert_documented(schema, api.get(f"/stores/{store.pk}/orders/"), LIST)


@pytest.mark.parametrize(("path", "method"), [(PLACE, "post"), (SHOW, "get"), (CANCEL, "post")])
def test_examples_fit_their_own_schema(schema: Any, path: str, method: str) -> None:
    found = 0
    for response in schema["paths"][path][method]["responses"].values():
        for body in response["content"].values():
            for example in body.get("examples", {}).values():
                jsonschema.validate(example["value"], {**body["schema"], "components": schema["components"]})
                found += 1
    assert found
