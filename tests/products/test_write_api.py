"""PUT, PATCH and DELETE /products/<sku>/, and reading what they wrote."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response
from rest_framework.test import APIClient

from products.models import Attribute, Category, Product
from products.signals import products_changed
from tests.factories import make_category, make_product, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]

WHOLE: dict[str, Any] = {
    "name": "Aero Laptop",
    "brand": "Norvane",
    "category": "Computers > Laptops",
    "price": "849.95",
    "list_price": "899.00",
    "description": "Thin and light.",
    "attributes": {"memory": "16 GB", "touchscreen": True, "colour": "Silver"},
    "gtins": ["4006381333931"],
    "images": [{"url": "https://images.example/aero.jpg", "alt": "Open"}],
    "released": "2024-03-31",
    "active": True,
}


def permit(api: APIClient, *permissions: str) -> APIClient:
    """Sign in as a user with these permissions on products."""
    user = make_user()
    codes = [f"{permission}_product" for permission in permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    api.force_authenticate(user)
    return api


@pytest.fixture
def staff(api: APIClient) -> APIClient:
    return permit(api, "view", "add", "change")


def put(api: APIClient, sku: str, body: Any, **headers: str) -> Any:
    return api.put(f"/products/{sku}/", body, format="json", headers=headers)


def patch(api: APIClient, sku: str, body: Any, **headers: str) -> Any:
    return api.patch(f"/products/{sku}/", body, format="json", headers=headers)


def errors(response: Any) -> dict[str, str]:
    assert response.status_code == 400, response.content
    return {error["field"]: error["message"] for error in response.json()["errors"]}


def test_put_creates_a_product_with_its_category_and_attributes(staff: APIClient) -> None:
    response = put(staff, "L-1", WHOLE)
    product = Product.objects.get()
    assert response.status_code == 201
    body = response.json()
    assert body == {
        "id": product.pk,
        "sku": "L-1",
        "currency": "USD",
        **WHOLE,
        "attributes": {"memory": 16, "touchscreen": True, "colour": "Silver"},
        "gtins": ["04006381333931"],
        "popularity": 0,
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }
    assert (product.category and product.category.path, product.price) == ("Computers > Laptops", Decimal("849.95"))
    assert set(Attribute.objects.values_list("code", "type", "unit")) == {
        ("memory", "number", "GB"),
        ("touchscreen", "boolean", ""),
        ("colour", "text", ""),
    }
    read = staff.get("/products/sku/L-1/")
    assert (read.json(), read["ETag"]) == (body, response["ETag"])
    assert staff.get(f"/products/{product.pk}/")["ETag"] == response["ETag"]


def test_put_replaces_every_value(staff: APIClient) -> None:
    put(staff, "L-1", WHOLE)
    put(staff, "L-1", {**WHOLE, "active": False})
    response = put(staff, "L-1", {"name": "Lamp", "price": 3})
    assert response.status_code == 200
    kept = {name: response.json()[name] for name in ("id", "created_at", "updated_at")}
    assert response.json() == {
        **kept,
        "sku": "L-1",
        "name": "Lamp",
        "brand": "",
        "category": None,
        "price": "3.00",
        "currency": "USD",
        "list_price": None,
        "description": "",
        "attributes": {},
        "gtins": [],
        "images": [],
        "released": None,
        "active": True,
        "popularity": 0,
    }


def test_what_is_read_can_be_put_back_and_changes_nothing(staff: APIClient) -> None:
    first = put(staff, "L-1", WHOLE)
    content = {name: first.json()[name] for name in (*WHOLE, "sku")}
    again = put(staff, "L-1", content, **{"If-Match": first["ETag"]})
    assert (again.status_code, again.json(), again["ETag"]) == (200, first.json(), first["ETag"])


def test_patch_changes_only_what_is_given(staff: APIClient) -> None:
    first = put(staff, "L-1", WHOLE).json()
    response = patch(staff, "L-1", {"price": 700, "list_price": None, "category": None, "attributes": {"colour": None}})
    assert response.status_code == 200
    assert response.json() == {
        **first,
        "price": "700.00",
        "currency": "USD",
        "list_price": None,
        "category": None,
        "attributes": {"memory": 16, "touchscreen": True},
        "updated_at": response.json()["updated_at"],
    }


def test_delete_deactivates(staff: APIClient) -> None:
    product = make_product(sku="L-1")
    response = staff.delete("/products/L-1/")
    assert (response.status_code, response.json()["active"]) == (200, False)
    assert staff.get(f"/products/{product.pk}/").status_code == 404
    assert staff.get("/products/sku/L-1/").status_code == 200
    product.refresh_from_db()
    assert product.active is False


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_unknown_sku_is_not_found(staff: APIClient, method: str) -> None:
    response = getattr(staff, method)("/products/L-1/", {}, format="json")
    assert (response.status_code, response.json()["detail"]) == (404, "There is no product with the SKU 'L-1'.")


def test_digits_name_an_id_to_read_and_a_sku_to_write(staff: APIClient) -> None:
    other = make_product("Other")
    sku = str(other.pk)
    assert put(staff, sku, {"name": "Of that SKU", "price": "1"}).status_code == 201
    assert staff.get(f"/products/{sku}/").json()["name"] == "Other"
    assert staff.get(f"/products/sku/{sku}/").json()["name"] == "Of that SKU"
    etag = staff.get(f"/products/{sku}/")["ETag"]
    assert patch(staff, sku, {"price": "2"}, **{"If-Match": etag}).status_code == 412


def test_sku_with_leading_zeros_or_slashes_is_written_as_it_is(staff: APIClient) -> None:
    for path, sku in (("007", "007"), ("sku/X-392/05", "X-392/05"), ("sku/bulk", "bulk"), ("sku/7", "7")):
        assert put(staff, path, {"name": "Thing", "price": "1"}).json()["sku"] == sku
    assert set(Product.objects.values_list("sku", flat=True)) == {"007", "X-392/05", "bulk", "7"}


@pytest.mark.parametrize(
    "sku",
    [
        "X-392/05",
        "/a",
        "a/",
        "a//b",
        "a?b=c",
        "a#b",
        "50%",
        "%2F",
        "a b",
        "a&b=c;d",
        "a\\b",
        "a+b",
        '"a"',
        "größe/Ü",
        "日本",
    ],
)
def test_every_sku_has_an_address(staff: APIClient, sku: str) -> None:
    encoded = quote(sku, safe="")
    assert put(staff, encoded, {"name": "Thing", "price": "1"}).json()["sku"] == sku
    assert patch(staff, encoded, {"price": "2"}).status_code == 200
    shown = staff.get(f"/products/{encoded}/")
    assert (shown.json()["sku"], shown.json()["price"]) == (sku, "2.00")
    assert staff.get(f"/products/{encoded}/stock/").json()["results"] == []
    assert staff.get(f"/products/sku/{encoded}/")["ETag"] == shown["ETag"]
    assert staff.delete(f"/products/{encoded}/").json()["active"] is False


@pytest.mark.parametrize("sku", [".", "..", "a/../b", "sku/1", "a/stock", "bulk", "batch", "sku", "a?b/c"])
def test_sku_that_a_path_cannot_have_is_written_as_a_parameter(staff: APIClient, sku: str) -> None:
    address = f"/products/?sku={quote(sku, safe='')}"
    created = staff.put(address, {"name": "Thing", "price": "1"}, format="json")
    assert (created.status_code, created.json()["sku"]) == (201, sku)
    etag = {"If-Match": created["ETag"]}
    assert staff.patch(address, {"price": "2"}, format="json", headers=etag).status_code == 200
    assert staff.patch(address, {"price": "3"}, format="json", headers=etag).status_code == 412
    assert [found["price"] for found in staff.get(address).json()["results"]] == ["2.00"]
    assert staff.delete(address).json()["active"] is False


def test_write_without_one_sku_is_refused(staff: APIClient) -> None:
    make_product(sku="A")
    assert errors(staff.delete("/products/"))["sku"]
    assert errors(staff.delete("/products/?sku=A&sku=B"))["sku"]
    assert errors(staff.delete("/products/?sku=A&active=true"))["active"]
    assert Product.objects.get().active


def test_every_bad_field_is_named_and_nothing_is_saved(staff: APIClient) -> None:
    Attribute.objects.create(code="memory", label="Memory", type="number", unit="GB")
    body = {
        "sku": "L-2",
        "price": "12.345",
        "list_price": -1,
        "category": "A > > B",
        "attributes": {"memory": "much", "Colour": "Red", "new": {"a": 1}},
        "gtins": ["4006381333931", "4006381333930", 7],
        "images": [{"url": "javascript:alert(1)"}],
        "released": "yesterday",
        "active": "perhaps",
        "colour": "Red",
    }
    assert errors(put(staff, "L-1", body)) == {
        "sku": "it is not 'L-1', the SKU that is written to",
        "name": "it is missing",
        "price": "a price in USD has at most 2 decimals, not 12.345",
        "list_price": "a price is not negative: -1",
        "category": "a name is empty between the '>' of 'A > > B'",
        "attributes.Colour": "it is not a code such as 'screen_size'",
        "attributes.memory": "'much' is not a number: its unit is GB",
        "attributes.new": "{'a': 1} is not a text",
        "gtins[1]": "'4006381333930' is not a GTIN: its check digit is wrong",
        "gtins[2]": "it is a number, not text",
        "images[0]": "'javascript:alert(1)' is neither an http(s) address nor the name of a stored file",
        "released": "'yesterday' is not a date such as 2026-03-31",
        "active": "'perhaps' is not true or false",
        "colour": "products have no such field",
    }
    assert (Product.objects.count(), Category.objects.count(), Attribute.objects.count()) == (0, 0, 1)


@pytest.mark.parametrize("body", [[], "text", 3, None])
def test_body_other_than_an_object_is_refused(staff: APIClient, body: Any) -> None:
    assert put(staff, "L-1", body).status_code == 400


@pytest.mark.parametrize("sku", ["x" * 65, "%00", "%20", "a%0Ab"])
def test_sku_that_does_not_fit_is_refused(staff: APIClient, sku: str) -> None:
    assert set(errors(put(staff, sku, {"name": "Thing", "price": "1"}))) == {"sku"}
    assert staff.get(f"/products/sku/{sku}/").status_code == 404


def test_write_with_an_etag_of_an_earlier_state_is_refused(staff: APIClient) -> None:
    first = put(staff, "L-1", WHOLE)["ETag"]
    second = patch(staff, "L-1", {"price": "800"}, **{"If-Match": first})
    assert second.status_code == 200
    for late in (
        patch(staff, "L-1", {"price": "700"}, **{"If-Match": first}),
        put(staff, "L-1", WHOLE, **{"If-Match": first}),
        staff.delete("/products/L-1/", headers={"If-Match": first}),
        put(staff, "L-1", WHOLE, **{"If-None-Match": "*"}),
    ):
        assert (late.status_code, late.json()["etag"]) == (412, second["ETag"])
    assert Product.objects.get().price == 800
    assert patch(staff, "L-1", {"price": "700"}, **{"If-Match": f'"other", {second["ETag"]}'}).status_code == 200
    assert put(staff, "L-2", WHOLE, **{"If-Match": "*"}).status_code == 412
    assert put(staff, "L-2", WHOLE, **{"If-None-Match": "*"}).status_code == 201


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("tags", ["{}", "{}, *", '"other", {}', "'{}'", '"{}', "", " , "])
def test_condition_that_cannot_be_read_writes_nothing(staff: APIClient, header: str, tags: str) -> None:
    etag = put(staff, "L-1", WHOLE)["ETag"]
    given = {header: tags.format(etag.strip('"'))}
    answers = (
        patch(staff, "L-1", {"price": "700"}, **given),
        put(staff, "L-1", {**WHOLE, "price": "700"}, **given),
        staff.delete("/products/L-1/", headers=given),
        put(staff, "L-2", WHOLE, **given),
    )
    expected = [{"field": header, "code": "invalid", "message": 'This is not a list of ETags such as "5f0c...", or *.'}]
    assert [(answer.status_code, answer.json()["errors"]) for answer in answers] == [(400, expected)] * 4
    assert staff.get("/products/sku/L-1/")["ETag"] == etag
    assert Product.objects.count() == 1


@pytest.mark.parametrize("tags", ['"a,b" , {}', '{},W/"x"', ', {} ,, "y"', " * "])
def test_condition_of_several_etags_has_any_of_them(staff: APIClient, tags: str) -> None:
    given = {"If-Match": tags.format(put(staff, "L-1", WHOLE)["ETag"])}
    assert patch(staff, "L-1", {"price": "700"}, **given).status_code == 200


def test_etag_is_of_one_product(staff: APIClient) -> None:
    put(staff, "L-1", WHOLE)
    first = Product.objects.get()
    etag = staff.get("/products/sku/L-1/")["ETag"]
    Product.objects.create(**{**values_of(first), "sku": "L-2"})
    first.delete()
    Product.objects.update(sku="L-1")
    assert staff.get("/products/sku/L-1/")["ETag"] != etag


def values_of(product: Product) -> dict[str, Any]:
    """The product's values without its id."""
    return {field.attname: getattr(product, field.attname) for field in Product._meta.fields if not field.primary_key}  # noqa: SLF001 - documented API


def _rename_category() -> None:
    Category.objects.filter(name="Laptops").update(name="Notebooks")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Product.objects.update(price="1"),
        lambda: Product.objects.update(active=False),
        lambda: Product.objects.update(attributes={"memory": 32}),
        lambda: Product.objects.update(gtins=[]),
        lambda: Product.objects.update(images=[]),
        lambda: Product.objects.update(list_price=None),
        _rename_category,
    ],
)
def test_etag_changes_with_every_value_however_it_is_changed(staff: APIClient, change: Callable[[], Any]) -> None:
    etag = put(staff, "L-1", WHOLE)["ETag"]
    Product.objects.update(popularity=7)
    assert staff.get("/products/sku/L-1/")["ETag"] == etag
    change()
    assert staff.get("/products/sku/L-1/")["ETag"] != etag


@pytest.mark.django_db(transaction=True)
def test_changed_product_is_announced_and_an_unchanged_one_is_not(staff: APIClient) -> None:
    heard: list[list[int]] = []

    def receive(*, product_ids: list[int], **_: object) -> None:
        heard.append(product_ids)

    products_changed.connect(receive)
    try:
        for price in (1, 1.00, "2"):
            put(staff, "L-1", {"name": "Lamp", "price": price})
    finally:
        products_changed.disconnect(receive)
    assert heard == [[Product.objects.get().pk]] * 2


@pytest.mark.parametrize(
    ("permissions", "statuses"),
    [
        ((), {"list": 403, "read": 403, "create": 403, "replace": 403, "patch": 403, "delete": 403, "bulk": 403}),
        (
            ("view",),
            {"list": 200, "read": 200, "create": 403, "replace": 403, "patch": 403, "delete": 403, "bulk": 403},
        ),
        (
            ("change",),
            {"list": 200, "read": 200, "create": 403, "replace": 200, "patch": 200, "delete": 200, "bulk": 200},
        ),
        (
            ("add", "change"),
            {"list": 200, "read": 200, "create": 201, "replace": 200, "patch": 200, "delete": 200, "bulk": 200},
        ),
    ],
)
def test_permissions_decide(api: APIClient, permissions: tuple[str, ...], statuses: dict[str, int]) -> None:
    make_product(sku="L-1")
    permit(api, *permissions)
    assert _statuses(api) == statuses


def test_anonymous_callers_must_sign_in(api: APIClient) -> None:
    make_product(sku="L-1")
    assert set(_statuses(api).values()) == {401}


def _statuses(api: APIClient) -> dict[str, int]:
    whole = {"name": "Lamp", "price": "1"}
    answers: dict[str, Response] = {
        "list": api.get("/products/"),
        "read": api.get("/products/sku/L-1/"),
        "create": put(api, "L-2", whole),
        "replace": put(api, "L-1", whole),
        "patch": patch(api, "L-1", {"price": "2"}),
        "delete": api.delete("/products/L-1/"),
        "bulk": api.post("/products/bulk/", {"operations": [{"method": "DELETE", "sku": "L-1"}]}, format="json"),
    }
    return {name: answer.status_code for name, answer in answers.items()}


def listed(api: APIClient, query: str) -> list[str]:
    return [product["sku"] for product in api.get(f"/products/?{query}").json()["results"]]


def test_list_filters(staff: APIClient) -> None:
    make_product("Aero laptop", sku="A", brand="Norvane", category="Computers > Laptops")
    make_product("Desk lamp", sku="B", brand="Glow", category="Home")
    hidden = make_product("Old laptop", sku="C", brand="Norvane", category="Computers", active=False)
    Product.objects.update(updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    Product.objects.filter(sku="B").update(updated_at=datetime(2026, 2, 1, tzinfo=UTC))
    assert listed(staff, "") == ["A", "B", "C"]
    assert listed(staff, "active=false") == ["C"]
    assert listed(staff, "brand=Norvane&active=true") == ["A"]
    assert listed(staff, "category=Computers") == ["A", "C"]
    assert listed(staff, "category=Comp") == []
    assert listed(staff, "updated_since=2026-01-15T00:00:00Z") == ["B"]
    assert listed(staff, "q=lapt") == ["A", "C"]
    assert listed(staff, "sku=B&sku=A&sku=nothing") == ["A", "B"]
    assert listed(staff, f"sku=B&id={hidden.pk}") == ["B", "C"]
    assert staff.get("/products/?active=perhaps&id=x").json()["detail"].startswith("id")


def test_list_is_read_to_its_end_by_next(staff: APIClient) -> None:
    for number in range(5):
        make_product(sku=f"L-{number}")
    found, url = [], "/products/?page_size=2"
    while url:
        page = staff.get(url).json()
        found += [product["sku"] for product in page["results"]]
        url = page["next"]
    assert found == [f"L-{number}" for number in range(5)]
    assert staff.get("/products/?cursor=cD14").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_the_number_of_products(staff: APIClient, rows: int) -> None:
    make_category("Computers > Laptops")
    operations = [{"method": "PUT", "sku": f"L-{number}", "product": WHOLE} for number in range(rows)]
    staff.get("/products/")  # reads the user's permissions
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert staff.post("/products/bulk/", {"operations": operations}, format="json").status_code == 200
        counts.append(len(captured))
    with CaptureQueriesContext(connection) as captured:
        assert len(listed(staff, "")) == rows
    assert [*counts, len(captured)] == [15, 4, 1]


def test_text_is_cleaned_as_an_import_cleans_it(staff: APIClient) -> None:
    body = {
        "name": "Caf&eacute; l\u00adamp",
        "price": 5,
        "description": "<b>A</b> &amp; B",
        "attributes": {"use": "in &amp; out"},
    }
    assert put(staff, "L-1", body).status_code == 201
    assert patch(staff, "L-1", {"brand": "A &amp; B\u200b"}).status_code == 200
    product = Product.objects.get()
    assert (product.name, product.brand, product.description) == ("Café lamp", "A & B", "A & B")
    assert product.attributes == {"use": "in & out"}


def test_text_that_is_sent_back_as_it_was_read_is_unchanged(staff: APIClient) -> None:
    literal = "the entity &amp; and <b>"
    product = make_product(sku="L-1", name=literal, brand=literal, description=literal, attributes={"use": literal})
    tag = staff.get("/products/sku/L-1/").headers["ETag"]
    answer = put(
        staff,
        "L-1",
        {
            "name": literal,
            "brand": literal,
            "price": str(product.price),
            "description": literal,
            "attributes": {"use": literal, "colour": "A &amp; B"},
        },
    )
    product.refresh_from_db()
    assert (answer.status_code, product.name, product.brand, product.description) == (200, literal, literal, literal)
    assert product.attributes == {"use": literal, "colour": "A & B"}
    assert answer.headers["ETag"] != tag


def test_picture_that_is_not_stored_is_refused(staff: APIClient) -> None:
    make_product(sku="A", images=[{"url": "products/gone.png", "alt": ""}])
    images = ["https://images.example/a.jpg", "front.png", {"url": "products/gone.png", "alt": "Front"}]
    assert errors(patch(staff, "A", {"images": images})) == {
        "images[1]": "'front.png' is neither an http(s) address nor the name of a stored file"
    }
    assert patch(staff, "A", {"images": images[::2]}).status_code == 200
    assert set(errors(put(staff, "B", {**WHOLE, "images": images}))) == {"images[1]", "images[2]"}


def test_values_in_other_units_are_converted_as_in_files(staff: APIClient) -> None:
    put(staff, "L-1", {"name": "Lamp", "price": 3, "attributes": {"memory": "16 GB"}})
    assert patch(staff, "L-1", {"attributes": {"memory": "8192 MB"}}).json()["attributes"] == {"memory": 8}
    assert errors(patch(staff, "L-1", {"attributes": {"memory": "16 kg"}})) == {
        "attributes.memory": "'16 kg' is not a number: its unit is GB"
    }
