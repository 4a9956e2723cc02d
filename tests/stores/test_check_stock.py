"""`manage.py check_stock`: names each row whose quantity does not follow from its adjustments and orders."""

import io

import pytest
from django.core.management import CommandError, call_command

from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores.models import Inventory, StockAdjustment, Store
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


@pytest.fixture
def store() -> Store:
    return make_store(code="main")


@pytest.fixture
def lamp(store: Store) -> Product:
    """A store whose stock was adjusted, sold and cancelled."""
    lamp = make_product("Lamp")
    make_stock(store, lamp, 10)
    place_order(store_id=store.pk, lines=[Line(lamp.pk, 2)])
    cancel_order(order_id=place_order(store_id=store.pk, lines=[Line(lamp.pk, 3)]).id)
    return lamp


def check(*options: str) -> str:
    output = io.StringIO()
    call_command("check_stock", *options, stdout=output)
    return output.getvalue()


def failing_check(*options: str) -> tuple[str, str, int]:
    output = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("check_stock", *options, stdout=output)
    return output.getvalue(), str(error.value), error.value.returncode


@pytest.mark.usefixtures("lamp")
def test_books_that_agree_are_reported() -> None:
    assert check() == "1 store checked, 0 rows differ\n"


def test_row_that_was_changed_without_a_record_is_named(lamp: Product) -> None:
    Inventory.objects.update(quantity=5)
    assert failing_check() == (
        f"store main, product {lamp.pk}: 5 in stock, 8 by the books\n",
        "1 row differs",
        1,
    )


def test_deleted_row_is_named(lamp: Product) -> None:
    Inventory.objects.all().delete()
    assert failing_check()[0] == f"store main, product {lamp.pk}: 0 in stock, 8 by the books\n"


def test_row_without_any_record_is_named(store: Store) -> None:
    chair = make_product()
    Inventory.objects.create(store=store, product=chair, quantity=4)
    assert failing_check()[0] == f"store main, product {chair.pk}: 4 in stock, 0 by the books\n"


def test_repair_leaves_the_quantity_and_corrects_the_books(lamp: Product) -> None:
    Inventory.objects.update(quantity=5)
    assert check("--repair").endswith("1 store checked, 1 row repaired\n")
    assert Inventory.objects.get().quantity == 5
    assert StockAdjustment.objects.values("kind", "delta", "product", "reason").first() == {
        "kind": "REPAIR",
        "delta": -3,
        "product": lamp.pk,
        "reason": "check_stock --repair",
    }
    assert check() == "1 store checked, 0 rows differ\n"


@pytest.mark.usefixtures("lamp")
def test_one_store_is_checked_alone() -> None:
    other = make_store(code="other")
    Inventory.objects.create(store=other, product=make_product(), quantity=1)
    assert check("--store", "main") == "1 store checked, 0 rows differ\n"
    assert failing_check("--store", "other")[1] == "1 row differs"
    assert failing_check()[1] == "1 row differs"


def test_store_that_does_not_exist_is_an_error() -> None:
    assert failing_check("--store", "nowhere")[1] == "there is no store with the code 'nowhere'"
