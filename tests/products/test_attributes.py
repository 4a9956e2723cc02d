"""Attributes are created once, keep their type, and are adopted from values that were stored without them."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from products.attribute_values import AttributeKind, AttributeType
from products.models import Attribute, Product
from products.services import ensure_attributes
from tests.factories import make_attribute, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.service]

MEMORY = AttributeKind(AttributeType.NUMBER, "GB")
ADOPT = import_module("products.migrations.0002_attributes_prices_gtins_images").adopt_existing_attributes


def test_missing_attributes_are_created_and_existing_ones_keep_their_type() -> None:
    make_attribute("colour")
    given = {
        "colour": AttributeKind(AttributeType.NUMBER),
        "memory": MEMORY,
        "wifi": AttributeKind(AttributeType.BOOLEAN),
    }
    kinds = ensure_attributes(kinds=given, labels={"memory": "RAM"})
    assert kinds == given | {"colour": AttributeKind(AttributeType.TEXT)}
    assert list(Attribute.objects.order_by("code").values_list("code", "label", "searchable")) == [
        ("colour", "Colour", True),
        ("memory", "RAM", True),
        ("wifi", "Wifi", False),
    ]


@pytest.mark.parametrize(
    "wrong", [{"code": "a=b"}, {"code": "Memory"}, {"code": "a b"}, {"code": ""}, {"label": ""}, {"type": "date"}]
)
def test_database_refuses_what_is_no_attribute(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Attribute.objects.create(**({"code": "memory", "label": "Memory", "type": "number"} | wrong))


@pytest.mark.parametrize(
    "wrong", [{"list_price": -1}, {"gtins": ["123"]}, {"gtins": ["0088442058803x"]}, {"images": {"url": "a.png"}}]
)
def test_database_refuses_wrong_values_of_a_product(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_product(**wrong)


def test_form_stores_canonical_values_and_creates_new_attributes(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    make_attribute("memory", "number", unit="GB")
    product = make_product()
    url = reverse("admin:products_product_change", args=[product.pk])
    fields = {
        "sku": product.sku,
        "name": product.name,
        "price": "1",
        "images": '["https://images.example/a.png"]',
        "gtins": "884420588030",
    }
    assert client.post(url, fields | {"attributes": '{"memory": "8 GB", "wifi": "Yes"}'}).status_code == 302
    product.refresh_from_db()
    assert product.attributes == {"memory": 8, "wifi": True}
    assert (product.gtins, product.images) == (["00884420588030"], [{"url": "https://images.example/a.png", "alt": ""}])
    assert Attribute.objects.get(code="wifi").type == "boolean"

    refused = client.post(url, fields | {"attributes": '{"memory": "lots", "Wi Fi": 1}'})
    assert refused.context["adminform"].form.errors == {"attributes": ["'Wi Fi' is not a code such as 'screen_size'."]}
    refused = client.post(url, fields | {"attributes": '{"memory": "lots", "wifi": "maybe"}'})
    assert refused.context["adminform"].form.errors == {
        "attributes": ["memory: 'lots' is not a number: its unit is GB.", "wifi: 'maybe' is not a boolean."]
    }


def test_form_gives_a_new_attribute_the_unit_that_was_typed(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    product = make_product()
    typed = {"memory": "8 GB", "ratio": "1.5", "weight": "", "model": "007", "empty": "  "}
    rows = {
        f"attributes-{place}-{part}": text
        for place, row in enumerate(typed.items())
        for part, text in zip(("code", "value"), row, strict=True)
    }
    form = {"sku": product.sku, "name": product.name, "price": "5", "images": "[]", "active": "on"}
    saved = client.post(reverse("admin:products_product_change", args=[product.pk]), form | rows)
    assert saved.status_code == 302
    assert set(Attribute.objects.values_list("code", "type", "unit")) == {
        ("memory", "number", "GB"),
        ("ratio", "number", ""),
        ("model", "text", ""),
    }
    assert Product.objects.get().attributes == {"memory": 8, "ratio": 1.5, "model": "007"}


def test_values_stored_before_there_were_attributes_get_them() -> None:
    make_product(attributes={"colour": "Red", "weight": 5, "wifi": True, "Screen size": "15", "gone": None, "★": "a"})
    make_product(attributes={"colour": 5, "weight": 1.5, "screen_size": "17"})
    with connection.schema_editor() as editor:
        ADOPT(apps, editor)
    adopted = dict(Attribute.objects.values_list("code", "type"))
    star = next(code for code in adopted if code.startswith("attribute_"))
    assert adopted == {"colour": "text", "weight": "number", "wifi": "boolean", "screen_size": "text", star: "text"}
    assert Attribute.objects.get(code=star).label == "★"
    first = Product.objects.earliest("pk").attributes
    assert (first["screen_size"], first[star], len(first)) == ("15", "a", 6)
