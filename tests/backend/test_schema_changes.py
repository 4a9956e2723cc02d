"""The published schema (docs/openapi.json) is never broken."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.backend.schema_changes import breaking_changes

pytestmark = [pytest.mark.service, pytest.mark.django_db]

PUBLISHED: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8")
)
SEARCH = ("paths", "/search/products/", "get")


def test_schema_breaks_no_client_of_the_published_one() -> None:
    """After an addition: ./dev manage spectacular --format openapi-json --file docs/openapi.json."""
    now = json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
    assert breaking_changes(PUBLISHED, now) == []


def at(schema: Any, *path: str) -> Any:
    for name in path:
        schema = schema[name]
    return schema


def drop_parameter(schema: Any) -> None:
    at(schema, *SEARCH)["parameters"] = [each for each in at(schema, *SEARCH, "parameters") if each["name"] != "brand"]


def require_parameter(schema: Any) -> None:
    at(schema, *SEARCH, "parameters").append(
        {"name": "shop", "in": "query", "required": True, "schema": {"type": "string"}}
    )


def drop_enum_value(schema: Any) -> None:
    at(schema, "components", "schemas", "OrderStatus", "enum").remove("CANCELLED")


def add_all_that_is_allowed(schema: Any) -> None:
    at(schema, *SEARCH, "parameters").append({"name": "shop", "in": "query", "schema": {"type": "string"}})
    at(schema, "paths")["/new/"] = at(schema, "paths", "/stores/")
    at(schema, "components", "schemas", "OrderStatus", "enum").append("RETURNED")
    at(schema, "components", "schemas", "Store", "properties")["phone"] = {"type": "string"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda schema: schema["paths"].pop("/stores/"), "GET /stores/ is gone"),
        (lambda schema: at(schema, *SEARCH).update(operationId="find"), "is called find, no longer searchProducts"),
        (drop_parameter, "the parameter query brand is gone"),
        (require_parameter, "the parameter query shop is required now"),
        (drop_enum_value, "is never ['CANCELLED'] any more"),
        (lambda schema: at(schema, "components", "schemas", "Store", "properties").pop("city"), "city is gone"),
        (lambda schema: at(schema, "components", "schemas", "Order", "required").remove("id"), "id may be missing now"),
        (
            lambda schema: at(schema, "components", "schemas", "Store", "properties", "city").update(type="integer"),
            "city is integer, no longer string",
        ),
        (
            lambda schema: at(schema, "components", "schemas", "LineInput", "required").append("colour"),
            "colour is required now",
        ),
        (lambda schema: at(schema, "paths", "/orders/", "post", "responses").pop("201"), "the response 201 is gone"),
    ],
)
def test_change_that_breaks_clients_is_found(change: Callable[[Any], None], complaint: str) -> None:
    changed = copy.deepcopy(PUBLISHED)
    change(changed)
    assert [found for found in breaking_changes(PUBLISHED, changed) if complaint in found]


def test_addition_breaks_nobody() -> None:
    changed = copy.deepcopy(PUBLISHED)
    add_all_that_is_allowed(changed)
    assert breaking_changes(PUBLISHED, changed) == []
