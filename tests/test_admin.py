"""The admin: every list can be searched and costs the same number of queries however long it is."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.models import IdempotencyRecord
from orders.models import Order, OrderItem
from products.models import Attribute, Category, Product
from stores.models import Inventory, StockAdjustment, Store, StoreStaff
from tests.factories import make_attribute, make_product, make_staff, make_stock, make_store, make_user
from webhooks.models import Delivery, Event, Subscription
from webhooks.services import create_subscription, send_test

pytestmark = [pytest.mark.django_db, pytest.mark.service]

MODELS = [
    Category,
    Attribute,
    Product,
    Store,
    StoreStaff,
    Inventory,
    StockAdjustment,
    Order,
    OrderItem,
    IdempotencyRecord,
    Subscription,
    Event,
    Delivery,
]
READ_ONLY = [Inventory, StockAdjustment, Order, OrderItem, IdempotencyRecord, Event, Delivery]


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def make_everything(number: int) -> None:
    """One row of every model, none shared with another number."""
    store = make_store(f"Store {number}", code=f"store-{number}")
    product = make_product(f"Product {number}", sku=f"SKU-2-of-{number}", category=f"Top > Leaf {number}")
    make_attribute(f"code_{number}")
    make_stock(store, product, 5)
    make_staff(store)
    order = Order.objects.create(store=store, customer=make_user(), status="CONFIRMED", total=Decimal(10))
    OrderItem.objects.create(
        order=order, product=product, sku=product.sku, name=product.name, quantity=1, unit_price=10, line_total=10
    )
    IdempotencyRecord.objects.create(scope="orders", caller="guest", key=str(number), fingerprint="f", answer={})
    subscription = create_subscription(name=f"ERP {number}", url="https://erp.example.com/", kinds=["order.rejected"])
    send_test(subscription_id=subscription.subscription.pk)


def page(model: type[Model], name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)  # noqa: SLF001 - documented API


def queries(action: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


def test_pages_show_the_name_of_the_shop(root: Client) -> None:
    shown = root.get("/admin/").content.decode()
    assert "Searchlight: administration" in shown
    assert "| Searchlight</title>" in shown
    assert "Django" not in shown


@pytest.mark.parametrize("model", MODELS)
def test_list_costs_as_many_queries_for_three_rows_as_for_one(root: Client, model: type[Model]) -> None:
    def show() -> None:
        assert root.get(page(model, "changelist")).status_code == 200

    make_everything(1)
    show()
    for_one = queries(show)
    make_everything(2)
    make_everything(3)
    assert queries(show) == for_one


@pytest.mark.parametrize("model", MODELS)
def test_list_can_be_searched(root: Client, model: type[Model]) -> None:
    make_everything(1)
    response = root.get(page(model, "changelist"), {"q": "nothing has this"})
    assert response.status_code == 200
    assert response.context["cl"].result_count == 0


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Category, "Top > Leaf 2"),
        (Attribute, "code_2"),
        (Product, "Product 2"),
        (Store, "Store 2"),
        (Product, "prod 2"),
        (Product, "SKU-2-of-2"),
        (Product, "sku-2-of-2"),
        (Inventory, "Product 2"),
        (Inventory, "store-2"),
        (Inventory, "store-2 prod 2"),
        (StockAdjustment, "SKU-2-of-2"),
        (OrderItem, "Product 2"),
        (IdempotencyRecord, "2"),
        (Subscription, "ERP 2"),
    ],
)
def test_search_finds_the_row(root: Client, model: type[Model], words: str) -> None:
    make_everything(1)
    make_everything(2)
    found = root.get(page(model, "changelist"), {"q": words}).context["cl"].result_list
    assert list(found) == [model._default_manager.order_by("pk").last()]  # noqa: SLF001 - documented API


@pytest.mark.parametrize("words", ["store-1 Product 2", "store-1 store-2", "' & | ! :* (", "the"])
def test_search_without_matches_finds_nothing(root: Client, words: str) -> None:
    make_everything(1)
    make_everything(2)
    for model in (Product, Inventory, StockAdjustment):
        response = root.get(page(model, "changelist"), {"q": words})
        assert list(response.context["cl"].result_list) == []


def test_category_leads_to_its_products(root: Client) -> None:
    make_everything(1)
    make_everything(2)
    leaf = Category.objects.get(path="Top > Leaf 2")
    link = f"{page(Product, 'changelist')}?category__id__exact={leaf.pk}"
    assert f'href="{link}"' in root.get(page(Category, "changelist")).content.decode()
    assert [product.name for product in root.get(link).context["cl"].result_list] == ["Product 2"]


def test_order_is_found_by_its_id(root: Client) -> None:
    make_everything(1)
    make_everything(2)
    order = Order.objects.earliest("pk")
    assert list(root.get(page(Order, "changelist"), {"q": str(order.pk)}).context["cl"].result_list) == [order]


@pytest.mark.parametrize("model", MODELS)
def test_row_can_be_viewed(root: Client, model: type[Model]) -> None:
    make_everything(1)
    row = model._default_manager.latest("pk")  # noqa: SLF001 - documented API
    assert root.get(page(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY)
def test_history_is_read_only(root: Client, model: type[Model]) -> None:
    make_everything(1)
    row = model._default_manager.latest("pk")  # noqa: SLF001 - documented API
    for name, args in (("add", ()), ("change", (row.pk,)), ("delete", (row.pk,))):
        assert root.post(page(model, name, *args), {"post": "yes"}).status_code == 403
    assert model._default_manager.get() == row  # noqa: SLF001 - documented API


def test_every_model_of_the_shop_is_in_the_admin() -> None:
    assert set(MODELS) <= admin.site._registry.keys()  # noqa: SLF001 - `is_registered` one at a time says less


def test_order_shows_its_items_in_a_fixed_number_of_queries(root: Client) -> None:
    make_everything(1)
    order = Order.objects.get()

    def show() -> None:
        assert root.get(page(Order, "change", order.pk)).status_code == 200

    show()
    for_one = queries(show)
    for _ in range(2):
        product = make_product()
        OrderItem.objects.create(
            order=order, product=product, sku=product.sku, name=product.name, quantity=2, unit_price=3, line_total=6
        )
    assert queries(show) == for_one


def test_account_with_orders_cannot_be_deleted_and_the_admin_says_what_to_do(root: Client) -> None:
    make_everything(1)
    customer = User.objects.get(orders__isnull=False)
    chosen = {"action": "delete_selected", "_selected_action": customer.pk}
    one, several = page(User, "delete", customer.pk), page(User, "changelist")
    sure = {"post": "yes"}
    for shown in (root.get(one), root.post(one, sure), root.post(several, chosen), root.post(several, chosen | sure)):
        assert "Cannot delete user" in shown.content.decode()
        assert "An account that has placed orders or changed stock cannot be deleted." in shown.content.decode()
        assert "To block it, clear “Active”" in shown.content.decode()
    assert Order.objects.get().customer == customer


def test_product_with_stock_cannot_be_deleted_and_the_admin_says_what_to_do(root: Client) -> None:
    stocked = make_product()
    make_stock(make_store(), stocked, 5)
    chosen = {"action": "delete_selected", "_selected_action": stocked.pk}
    one, several = page(Product, "delete", stocked.pk), page(Product, "changelist")
    sure = {"post": "yes"}
    for shown in (root.get(one), root.post(one, sure), root.post(several, chosen), root.post(several, chosen | sure)):
        assert shown.status_code == 200
        assert "Cannot delete product" in shown.content.decode()
        assert "To take it out of the shop, clear “Active”" in shown.content.decode()
    assert Product.objects.get() == stocked


def test_product_that_was_never_stocked_can_be_deleted(root: Client) -> None:
    assert root.post(page(Product, "delete", make_product().pk), {"post": "yes"}).status_code == 302
    assert not Product.objects.exists()


@pytest.mark.parametrize(("latitude", "longitude"), [("", "9.5"), ("47.1", "")])
def test_store_needs_both_coordinates_or_neither(root: Client, latitude: str, longitude: str) -> None:
    data = {"code": "a", "name": "A", "latitude": latitude, "longitude": longitude}
    assert "enter both or neither" in root.post(page(Store, "add"), data).content.decode()
    assert not Store.objects.exists()
    assert root.post(page(Store, "add"), data | {"latitude": "47.1", "longitude": "9.5"}).status_code == 302


def test_browsers_find_an_icon_for_pages_that_name_none(root: Client) -> None:
    found = root.get("/favicon.ico")
    assert (found.status_code, found["Location"]) == (302, "/static/storefront/favicon.ico")


def test_who_may_only_look_is_offered_no_action_that_changes_the_shop(rf: RequestFactory) -> None:
    viewer = make_user(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    assert viewer.has_perm("webhooks.view_subscription")
    request = rf.get("/admin/")
    request.user = viewer
    offered = {
        model._meta.label: sorted(actions)  # noqa: SLF001 - documented API
        for model, model_admin in admin.site._registry.items()  # noqa: SLF001 - no public name
        if (actions := model_admin.get_actions(request))
    }
    assert offered == {
        "auth.User": ["export_personal_data"],
        "axes.AccessAttempt": ["cleanup_expired_attempts"],  # which lock nobody any more
        "orders.Order": ["export_personal_data"],
    }
