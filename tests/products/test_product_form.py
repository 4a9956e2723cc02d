"""The admin's form of a product: what it shows, and that it undoes nobody's change."""

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from products.models import Attribute, Product
from tests.factories import make_category, make_product
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.service]

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def address(product: Product) -> str:
    return reverse("admin:products_product_change", args=[product.pk])


def opened(client: Client, product: Product) -> dict[str, Any]:
    """What a browser would send for the form as it is opened now."""
    return sent_by(client.get(address(product)))


class _Form(HTMLParser):
    """Reads what the form on a page of the admin would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._open = ""  # the textarea or select that is being read
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag in {"textarea", "select"}:
            self._open, self.fields[name] = name, ""
        elif tag == "option" and "selected" in given:
            self.fields[self._open] = given.get("value") or ""
        elif tag == "input" and (given.get("type") not in {"checkbox", "file", "submit"} or "checked" in given):
            self.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "") or ""

    def handle_data(self, data: str) -> None:
        if self._open and self.get_starttag_text().startswith("<textarea"):  # type: ignore[union-attr]
            self.fields[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "select"}:
            self._open = ""


def sent_by(page: Any) -> dict[str, Any]:
    """What a browser would send for the form on the page."""
    text = page.content.decode()
    [form] = re.findall(r'<form[^>]* id="product_form".*?</form>', text, re.DOTALL)
    fields = _Form(form).fields
    return {name: value.removeprefix("\n") for name, value in fields.items() if name and not name.startswith("_")}


def send(client: Client, product: Product, fields: dict[str, Any]) -> dict[str, list[str]]:
    """The errors by field; none when it was saved."""
    response = client.post(address(product), fields)
    return {} if response.status_code == 302 else dict(response.context["adminform"].form.errors)


def make_lamp(**fields: Any) -> Product:
    Attribute.objects.create(code="power", label="Power", type="number", unit="W")
    return make_product("Lamp", sku="L-1", price="10.00", category="Home > Lamps", **fields)


def test_form_that_is_sent_as_opened_changes_nothing(root: Client) -> None:
    lamp = make_lamp(
        attributes={"power": 8, "colours": ["Red", "Blue"], "dimmable": True},
        gtins=["04006381333931"],
        images=[{"url": "https://images.example/a.jpg", "alt": "A"}],
        list_price=Decimal("12.50"),
    )
    before = Product.objects.values().get()
    assert send(root, lamp, opened(root, lamp)) == {}
    after = Product.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}


@pytest.mark.parametrize(
    ("field", "value", "then", "now"),
    [
        ("price", Decimal("12.00"), "10.00", "12.00"),
        ("active", False, "True", "False"),
        ("attributes", {"power": 9}, '{"power": 8}', '{"power": 9}'),
        ("brand", "Glow", "", "Glow"),
    ],
)
def test_later_change_is_shown_and_not_undone(root: Client, field: str, value: Any, then: str, now: str) -> None:
    lamp = make_lamp(attributes={"power": 8})
    form = {**opened(root, lamp), "name": "Better lamp"}
    Product.objects.update(**{field: value})
    page = root.post(address(lamp), form)
    errors = page.context["adminform"].form.errors
    shown = f"“{then}”" if then else "nothing"
    assert errors == {
        "__all__": ["Not saved: the product has changed since this form was opened. See the marked values."],
        field: [f"Changed by somebody else from {shown} to “{now}”, which is now in the form."],
    }
    lamp.refresh_from_db()
    assert (getattr(lamp, field), lamp.name) == (value, "Lamp")
    assert send(root, lamp, sent_by(page)) == {}
    lamp.refresh_from_db()
    assert (getattr(lamp, field), lamp.name) == (value, "Better lamp")


def test_own_change_of_the_same_value_is_saved_only_after_the_other_was_shown(root: Client) -> None:
    lamp = make_lamp()
    form = {**opened(root, lamp), "price": "11.00"}
    Product.objects.update(price="12.00")
    page = root.post(address(lamp), form)
    assert page.context["adminform"].form.errors["price"] == [
        "Changed by somebody else from “10.00” to “12.00”. Yours is in the form."
    ]
    assert send(root, lamp, sent_by(page)) == {}
    assert Product.objects.get().price == 11


def test_sku_that_differs_from_another_only_in_case_is_refused(root: Client) -> None:
    lamp, other = make_lamp(), make_product(sku="K-1")
    refused = {"sku": ["“k-1” differs only in case from the product “K-1”."]}
    assert send(root, lamp, {**opened(root, lamp), "sku": "k-1"}) == refused
    page = root.post(reverse("admin:products_product_add"), {**opened(root, lamp), "opened": "", "sku": "k-1"})
    assert page.context["adminform"].form.errors == refused
    assert send(root, other, {**opened(root, other), "sku": "k-1"}) == {}, "its own SKU"
    assert set(Product.objects.values_list("sku", flat=True)) == {"L-1", "k-1"}


def test_product_whose_sku_differs_only_in_case_can_be_edited(root: Client) -> None:
    lamp = make_lamp()
    make_product(sku="l-1")
    assert send(root, lamp, {**opened(root, lamp), "price": "11.00"}) == {}


def test_sales_meanwhile_are_no_reason_to_refuse_and_not_undone(root: Client) -> None:
    lamp = make_lamp()
    form = {**opened(root, lamp), "price": "11.00"}
    Product.objects.update(popularity=7)
    assert send(root, lamp, form) == {}
    assert Product.objects.values_list("price", "popularity").get() == (Decimal("11.00"), 7)


def test_sales_during_the_save_are_not_undone(root: Client) -> None:
    """The form has read the product already when its sales are counted."""
    lamp = make_lamp()
    form = {**opened(root, lamp), "price": "11.00"}

    def count_sales(**_: Any) -> None:
        Product.objects.update(popularity=7)

    pre_save.connect(count_sales, sender=Product)
    try:
        assert send(root, lamp, form) == {}
    finally:
        pre_save.disconnect(count_sales, sender=Product)
    assert Product.objects.values_list("price", "popularity").get() == (Decimal("11.00"), 7)


def test_category_that_was_changed_meanwhile_is_shown(root: Client) -> None:
    lamp = make_lamp()
    form = opened(root, lamp)
    other = make_category("Garden")
    Product.objects.update(category=other)
    page = root.post(address(lamp), form)
    assert "category" in page.context["adminform"].form.errors
    assert send(root, lamp, sent_by(page)) == {}
    assert Product.objects.get().category == other


def test_attributes_are_edited_row_by_row(root: Client) -> None:
    lamp = make_lamp(attributes={"power": 8, "colour": "Red"})
    form = opened(root, lamp)
    assert [form[f"attributes-{row}-code"] for row in (0, 1)] == ["colour", "power"]
    form |= {
        "attributes-0-value": "Red\nBlue",
        "attributes-1-value": "0.009 kW",
        "attributes-2-code": "dimmable",
        "attributes-2-value": "yes",
    }
    assert send(root, lamp, form) == {}
    assert Product.objects.get().attributes == {"colour": ["Red", "Blue"], "power": 9, "dimmable": True}
    assert Attribute.objects.get(code="dimmable").type == "boolean"


def test_attribute_that_does_not_fit_is_refused_and_stays_in_its_row(root: Client) -> None:
    lamp = make_lamp(attributes={"power": 8})
    page = root.post(address(lamp), {**opened(root, lamp), "attributes-0-value": "bright"})
    assert page.context["adminform"].form.errors == {"attributes": ["power: 'bright' is not a number: its unit is W."]}
    assert sent_by(page)["attributes-0-value"] == "bright"


def test_uploaded_picture_is_stored_under_another_name(root: Client, settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, settings.SERVE_MEDIA = tmp_path, True
    lamp = make_lamp(images=[{"url": "https://images.example/a.jpg", "alt": "A"}])
    upload = SimpleUploadedFile("../shell.html", PNG, content_type="text/html")
    assert send(root, lamp, {**opened(root, lamp), "upload": upload, "upload_alt": "Lit"}) == {}
    first, second = Product.objects.get().images
    assert (first["alt"], second["alt"]) == ("A", "Lit")
    assert re.fullmatch(r"products/[0-9a-f]{32}\.png", second["url"])
    served: Any = root.get(f"/media/{second['url']}")
    assert b"".join(served.streaming_content) == PNG
    assert (served["Content-Type"], served["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert f'src="/media/{second["url"]}"' in root.get(address(lamp)).content.decode()


def test_picture_that_is_not_stored_is_refused_unless_the_product_has_it(root: Client) -> None:
    lamp = make_lamp(images=[{"url": "products/lost.png", "alt": ""}])
    form = opened(root, lamp)
    assert send(root, lamp, {**form, "images-0-alt": "Lit"}) == {}
    assert send(root, lamp, {**opened(root, lamp), "images-1-url": "front.png", "images-1-alt": ""}) == {
        "images": ["'front.png' is neither an http(s) address nor the name of a stored file."]
    }


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<script>", PNG + b"x" * 5 * 1024**2]
)
def test_upload_that_is_no_picture_or_too_large_is_refused(
    root: Client, settings: Settings, tmp_path: Any, content: bytes
) -> None:
    settings.MEDIA_ROOT = tmp_path
    lamp = make_lamp()
    errors = send(root, lamp, {**opened(root, lamp), "upload": SimpleUploadedFile("a.png", content)})
    assert set(errors) == {"upload"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_of_two_forms_that_are_sent_at_once_one_is_refused(client: Client) -> None:
    user = User.objects.create_superuser("root")
    lamp = make_lamp()
    client.force_login(user)
    form = opened(client, lamp)
    results: list[dict[str, Any]] = []

    def submit(price: str) -> None:
        own = Client()
        own.force_login(user)
        results.append(send(own, lamp, {**form, "price": price}))

    in_threads(lambda: submit("11.00"), lambda: submit("12.00"))
    assert sorted(set(result) for result in results) == [set(), {"__all__", "price"}]
    assert json.loads(form["opened"])["price"] == "10.00"


def test_changed_texts_are_cleaned_as_an_import_cleans_them(root: Client) -> None:
    product = make_product(sku="L-1", name="&amp; stays", attributes={"use": "&amp; stays", "colour": "Red"})
    form = opened(root, product)
    form |= {"brand": "A &amp; B\u200b", "description": "<p>One</p><p>Two</p>", "attributes-0-value": "Blue &amp; red"}
    assert root.post(address(product), form).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.brand, product.description) == ("&amp; stays", "A & B", "One\n\nTwo")
    assert product.attributes == {"use": "&amp; stays", "colour": "Blue & red"}
    refused = root.post(address(product), opened(root, product) | {"sku": "5.01E+12"})
    assert "is a number that a spreadsheet has shortened" in refused.content.decode()
