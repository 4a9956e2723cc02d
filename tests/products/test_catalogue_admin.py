"""Categories and products in the admin."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from products.models import Category, Product
from products.signals import products_changed
from tests.factories import make_category, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.service]

PRODUCTS = reverse("admin:products_product_changelist")


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def edit_category(client: Client, category: Category | None, **fields: object) -> dict[str, list[str]]:
    """Send the form. Returns the errors by field."""
    url = (
        reverse("admin:products_category_change", args=[category.pk])
        if category
        else reverse("admin:products_category_add")
    )
    response = client.post(url, fields)
    return {} if response.status_code == 302 else dict(response.context["adminform"].form.errors)


def test_new_category_gets_its_path(root: Client) -> None:
    assert edit_category(root, None, name="Laptops", parent=make_category("Computers").pk) == {}
    assert list(Category.objects.values_list("path", flat=True)) == ["Computers", "Computers > Laptops"]


def test_moved_category_takes_its_subtree_along(root: Client) -> None:
    make_category("Computers > Laptops > Gaming")
    laptops = Category.objects.get(path="Computers > Laptops")
    assert edit_category(root, laptops, name="Laptops", parent=make_category("Mobile").pk) == {}
    assert Category.objects.filter(path="Mobile > Laptops > Gaming").exists()


def test_category_cannot_be_moved_below_itself(root: Client) -> None:
    gaming = make_category("Computers > Laptops > Gaming")
    computers = Category.objects.get(path="Computers")
    for parent in (computers, gaming):
        assert edit_category(root, computers, name="Computers", parent=parent.pk) == {
            "parent": ["A category cannot be moved below itself."]
        }


def test_path_that_exists_is_refused(root: Client) -> None:
    laptops = make_category("Computers > Laptops")
    assert edit_category(root, None, name="Laptops", parent=laptops.parent_id) == {
        "name": ["There is a category 'Computers > Laptops' already."]
    }


def test_path_that_would_be_too_long_is_refused(root: Client) -> None:
    deep = make_category(" > ".join("x" * 99 for _ in range(4)))
    assert edit_category(root, None, name="y" * 100, parent=deep.pk) == {
        "name": ["The path from the root to this category would be too long."]
    }


def test_name_that_would_break_the_path_is_refused(root: Client) -> None:
    assert edit_category(root, None, name="A > B") == {
        "__all__": ["A category's name is not empty and has no '>' in it."]
    }


def test_attributes_are_flat_names_and_values(root: Client) -> None:
    product = make_product()
    for attributes in ('["Red"]', '{"colour": [["Red"]]}', '{"colour": {"a": 1}}', '"Red"'):
        fields = {"sku": product.sku, "name": product.name, "price": "1", "attributes": attributes}
        response = root.post(reverse("admin:products_product_change", args=[product.pk]), fields)
        assert response.context["adminform"].form.errors == {
            "attributes": ['Attributes are flat names and values, such as {"colour": "Red"}.']
        }


@pytest.mark.parametrize("value", ["NaN", "1e999", r'"\u0000"'])
def test_attribute_that_the_database_cannot_store_is_refused(root: Client, value: str) -> None:
    product = make_product()
    fields = {"sku": product.sku, "name": product.name, "price": "1", "attributes": f'{{"size": {value}}}'}
    response = root.post(reverse("admin:products_product_change", args=[product.pk]), fields)
    assert response.context["adminform"].form.errors == {
        "attributes": ["Attributes are finite numbers, true, false, null, or text without null characters."]
    }


@pytest.mark.parametrize("emptied", ["", "null"])
def test_attributes_may_be_left_empty(root: Client, emptied: str) -> None:
    product = make_product(attributes={"colour": "Red"})
    fields = {"sku": product.sku, "name": product.name, "price": "1", "attributes": emptied}
    assert root.post(reverse("admin:products_product_change", args=[product.pk]), fields).status_code == 302
    product.refresh_from_db()
    assert product.attributes == {}


def test_database_refuses_attributes_other_than_an_object() -> None:
    product = make_product()
    with pytest.raises(IntegrityError, match="products_product_attributes_are_an_object"):
        Product.objects.filter(pk=product.pk).update(attributes=["Red"])


@pytest.mark.django_db(transaction=True)
def test_selected_products_are_hidden_shown_and_announced(root: Client) -> None:
    shown, other, hidden = make_product(), make_product(), make_product(active=False)
    heard: list[list[int]] = []

    def receive(*, product_ids: list[int], **_: object) -> None:
        heard.append(product_ids)

    products_changed.connect(receive)
    try:
        root.post(PRODUCTS, {"action": "hide", "_selected_action": [shown.pk, hidden.pk]})
        root.post(PRODUCTS, {"action": "show", "_selected_action": [other.pk, hidden.pk]})
    finally:
        products_changed.disconnect(receive)
    assert heard == [[shown.pk], [hidden.pk]]
    assert dict(Product.objects.values_list("pk", "active")) == {shown.pk: False, other.pk: True, hidden.pk: True}
