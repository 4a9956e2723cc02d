"""Stock in the admin is changed by recorded adjustments only."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from stores.models import Inventory, StockAdjustment
from tests.factories import make_product, make_stock, make_store, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]

LIST, ADJUST = reverse("admin:stores_inventory_changelist"), reverse("admin:stores_inventory_adjust")


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_adjustment_changes_the_stock_and_is_recorded(root: Client) -> None:
    row = make_stock(make_store(), make_product(), 5)
    data = {"store": row.store_id, "product": row.product_id, "units": -2, "reason": "broken"}
    response = root.post(ADJUST, data)
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?store__id__exact={row.store_id}")
    row.refresh_from_db()
    assert row.quantity == 3
    assert StockAdjustment.objects.values("kind", "delta", "reason", "actor__username").first() == {
        "kind": "ADJUST",
        "delta": -2,
        "reason": "broken",
        "actor__username": "root",
    }


def test_product_that_the_store_did_not_have_can_be_added(root: Client) -> None:
    store, product = make_store(), make_product()
    root.post(ADJUST, {"store": store.pk, "product": product.pk, "units": 7})
    assert Inventory.objects.values_list("store", "product", "quantity").get() == (store.pk, product.pk, 7)


def test_more_units_than_in_stock_cannot_be_subtracted(root: Client) -> None:
    row = make_stock(make_store(), make_product(), 5)
    response = root.post(ADJUST, {"store": row.store_id, "product": row.product_id, "units": -6})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {"units": ["5 units and -6 would be -1"]}
    row.refresh_from_db()
    assert (row.quantity, StockAdjustment.objects.count()) == (5, 1)


def test_form_starts_with_the_row_that_it_was_opened_from(root: Client) -> None:
    row = make_stock(make_store("Harbour"), make_product("Rope"), 5)
    listed = root.get(LIST).content.decode()
    link = f"{ADJUST}?store={row.store_id}&amp;product={row.product_id}"
    assert link in listed
    shown = root.get(link.replace("&amp;", "&")).content.decode()
    assert f'<option value="{row.store_id}" selected>' in shown
    assert f'<option value="{row.product_id}" selected>' in shown


def test_units_other_than_a_number_are_refused(root: Client) -> None:
    row = make_stock(make_store(), make_product(), 5)
    response = root.post(ADJUST, {"store": row.store_id, "product": row.product_id, "units": "many"})
    assert response.context["adminform"].form.errors == {"units": ["Enter a whole number."]}


@pytest.mark.parametrize("field", ["store", "product"])
def test_invalid_store_or_product_id_is_refused(root: Client, field: str) -> None:
    row = make_stock(make_store(), make_product(), 5)
    data: dict[str, int | str] = {"store": row.store_id, "product": row.product_id, "units": 1, field: "x"}
    response = root.post(ADJUST, data)
    assert list(response.context["adminform"].form.errors) == [field]
    assert root.get(ADJUST, data).status_code == 200


@pytest.mark.parametrize(
    ("field", "error"),
    [("latitude", "A latitude is between -90 and 90."), ("longitude", "A longitude is between -180 and 180.")],
)
def test_coordinates_out_of_range_are_refused_with_a_message(root: Client, field: str, error: str) -> None:
    data = {"code": "a", "name": "A", "latitude": "1", "longitude": "1", field: "181"}
    response = root.post(reverse("admin:stores_store_add"), data)
    assert response.context["adminform"].form.errors == {"__all__": [error]}


def test_staff_without_the_permission_may_view_but_not_adjust(client: Client) -> None:
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_inventory"))
    client.force_login(user)
    row = make_stock(make_store(), make_product(), 5)
    assert client.get(LIST).status_code == 200
    data = {"store": row.store_id, "product": row.product_id, "units": 1}
    assert client.post(ADJUST, data).status_code == 403
    row.refresh_from_db()
    assert row.quantity == 5


@pytest.mark.parametrize(("chosen", "names"), [("out", ["None"]), ("low", ["Few"]), ("in", ["Few", "Many"])])
def test_stock_is_filtered_by_availability(root: Client, chosen: str, names: list[str]) -> None:
    store = make_store()
    for name, quantity in (("None", 0), ("Few", 5), ("Many", 6)):
        make_stock(store, make_product(name), quantity)
    rows = root.get(LIST, {"availability": chosen}).context["cl"].result_list
    assert sorted(row.product.name for row in rows) == names


def test_store_leads_to_its_own_stock(root: Client) -> None:
    here, there = make_store("Here"), make_store("There")
    make_stock(here, make_product("A"), 1)
    make_stock(there, make_product("B"), 1)
    link = f"{LIST}?store__id__exact={here.pk}"
    assert f'href="{link}"' in root.get(reverse("admin:stores_store_changelist")).content.decode()
    assert [row.product.name for row in root.get(link).context["cl"].result_list] == ["A"]


def test_form_is_laid_out_as_the_other_forms_of_the_admin(root: Client) -> None:
    """With the breadcrumbs, the fieldset and the classes of a form that Django makes."""
    ours, other = root.get(ADJUST).content.decode(), root.get(reverse("admin:stores_store_add")).content.decode()
    for part in (
        '<div class="breadcrumbs">',
        '<fieldset class="module aligned',
        '<div class="flex-container">',
        'class="submit-row"',
        'id="nav-sidebar"',
        "change-form",
    ):
        assert part in other, part
        assert part in ours, part
