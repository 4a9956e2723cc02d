"""Events are written by the change itself, in its transaction, whatever makes the change."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from orders.errors import OrderRejectedError
from orders.models import Order, OrderItem, new_order_id
from orders.placing import Request, place
from orders.services import Line, cancel_order, place_order
from products.models import Product
from products.representation import CONTENT
from stores.models import Inventory
from tests.factories import make_category, make_product, make_stock, make_store
from tests.webhooks.conftest import Subscribe
from webhooks.models import Delivery, Event, Kind
from webhooks.retention import forget_events

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def written() -> list[tuple[str, str, dict[str, Any]]]:
    """The events so far, those that are written at the commit too: (kind, subject, data), the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return list(Event.objects.order_by("pk").values_list("kind", "subject", "data"))


def kinds() -> list[str]:
    return [kind for kind, _, _ in written()]


def test_confirmed_and_cancelled_orders(subscribe: Subscribe) -> None:
    subscribe("order.confirmed", "order.cancelled", "order.rejected")
    store, lamp, desk = make_store(), make_product(sku="LAMP"), make_product(sku="DESK", price="20.50")
    make_stock(store, lamp, 5)
    make_stock(store, desk, 5)

    order = place_order(store_id=store.pk, lines=[Line(desk.pk, 1), Line(lamp.pk, 2)])
    confirmed = written()
    with transaction.atomic():
        cancel_order.__wrapped__.__wrapped__(order_id=order.id)  # type: ignore[attr-defined] # inside this transaction

    data: dict[str, Any] = {
        "order_id": str(order.id),
        "status": "CONFIRMED",
        "store_id": store.pk,
        "customer_id": None,
        "total": "40.50",
        "items": [
            {"product_id": desk.pk, "sku": "DESK", "quantity": 1, "unit_price": "20.50", "line_total": "20.50"},
            {"product_id": lamp.pk, "sku": "LAMP", "quantity": 2, "unit_price": "10.00", "line_total": "20.00"},
        ],
        "shortages": [],
        "created_at": order.created_at,
        "cancelled_at": None,
    }
    subject = f"order:{order.id}"
    assert with_times(confirmed) == [("order.confirmed", subject, data)]
    data |= {"status": "CANCELLED", "cancelled_at": Order.objects.get(pk=order.id).cancelled_at}
    assert with_times(written())[1:] == [("order.cancelled", subject, data)]


def with_times(events: list[tuple[str, str, dict[str, Any]]]) -> list[tuple[str, str, dict[str, Any]]]:
    """The events, with times in place of their texts."""
    for _, _, data in events:
        data |= {name: datetime.fromisoformat(data[name]) for name in ("created_at", "cancelled_at") if data[name]}
    return events


def test_rejected_order(subscribe: Subscribe) -> None:
    subscribe("order.rejected")
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 1)

    with pytest.raises(OrderRejectedError):
        place_order(store_id=store.pk, lines=[Line(lamp.pk, 2)])

    ((kind, _, data),) = written()
    assert (kind, data["status"]) == ("order.rejected", "REJECTED")
    assert data["shortages"] == [{"product_id": lamp.pk, "requested": 2, "available": 1}]


def test_order_saved_before_its_lines_has_them_in_its_event(subscribe: Subscribe) -> None:
    subscribe("order.confirmed")
    store, lamp = make_store(), make_product()
    order = Order.objects.create(store=store, status="CONFIRMED", total=Decimal(10))
    OrderItem.objects.create(order=order, product=lamp, sku="L", name="L", quantity=1, unit_price=10, line_total=10)

    assert [line["sku"] for line in written()[0][2]["items"]] == ["L"]


def test_stock_that_crosses_the_threshold_and_runs_out(subscribe: Subscribe) -> None:
    first, second = subscribe("stock.low", "stock.out"), subscribe("stock.low", low_stock=1)
    store, lamp = make_store(), make_product(sku="LAMP")
    make_stock(store, lamp, 5)
    stock = Inventory.objects.filter(store=store)

    for quantity in (4, 3, 2, 1, 0, 3, 5, 3):
        stock.update(quantity=quantity)

    low: dict[str, Any] = {"store_id": store.pk, "product_id": lamp.pk, "sku": "LAMP"}
    subject = f"stock:{store.pk}:{lamp.pk}"
    assert written() == [
        ("stock.low", subject, low | {"quantity": 3, "quantity_before": 4, "threshold": 3}),
        ("stock.low", subject, low | {"quantity": 1, "quantity_before": 2, "threshold": 1}),
        ("stock.out", subject, low | {"quantity": 0, "quantity_before": 1}),
        ("stock.low", subject, low | {"quantity": 3, "quantity_before": 5, "threshold": 3}),
    ]
    of = Delivery.objects.order_by("pk").values_list("subscription", flat=True)
    assert list(of) == [first.pk, second.pk, first.pk, first.pk]


def test_stock_that_runs_out_at_once_is_low_first(subscribe: Subscribe) -> None:
    subscribe("stock.low", "stock.out")
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 5)

    place_order(store_id=store.pk, lines=[Line(lamp.pk, 5)])

    assert kinds() == ["stock.low", "stock.out"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM stores_inventory WHERE product_id = %(lamp)s", ["stock.low", "stock.out"]),
        ("UPDATE stores_inventory SET product_id = %(desk)s WHERE product_id = %(lamp)s", ["stock.low", "stock.out"]),
        ("UPDATE stores_inventory SET quantity = 9 WHERE product_id = %(lamp)s", []),
        ("INSERT INTO stores_inventory (store_id, product_id, quantity) VALUES (%(store)s, %(desk)s, 1)", []),
        ("UPDATE stores_inventory SET product_id = product_id, quantity = 4", []),
    ],
)
def test_stock_changed_by_plain_sql(subscribe: Subscribe, statement: str, expected: list[str]) -> None:
    subscribe("stock.low", "stock.out")
    store, lamp, desk = make_store(), make_product(), make_product()
    make_stock(store, lamp, 5)

    with connection.cursor() as cursor:
        cursor.execute(statement, {"lamp": lamp.pk, "desk": desk.pk, "store": store.pk})

    assert kinds() == expected


NEW: dict[str, Any] = {
    "sku": "OTHER",
    "name": "Other",
    "brand": "Other",
    "price": Decimal(2),
    "list_price": Decimal(3),
    "description": "Other",
    "attributes": {"colour": "red"},
    "gtins": ["00000000000017"],
    "images": [{"url": "https://images.example.com/1.png", "alt": ""}],
    "released": "2026-01-01",
    "active": False,
}


def test_every_change_of_a_product_is_an_event_that_names_it(subscribe: Subscribe) -> None:
    product = make_product()
    category = make_category("Lamps")
    subscribe("product.changed")
    new = NEW | {"category": category}

    for name, value in new.items():
        Product.objects.filter(pk=product.pk).update(**{name: value})

    assert set(new) == set(CONTENT)
    assert [(data["change"], data["changed"]) for _, _, data in written()] == [("updated", [name]) for name in new]


def test_created_and_deleted_products(subscribe: Subscribe) -> None:
    subscribe("product.changed")
    product = Product.objects.create(sku="LAMP", name="Lamp", brand="Bright", price=Decimal(10))
    data = {
        "product_id": product.pk,
        "change": "created",
        "changed": [],
        "sku": "LAMP",
        "name": "Lamp",
        "brand": "Bright",
        "category_id": None,
        "price": "10.00",
        "list_price": None,
        "active": True,
    }
    subject = f"product:{product.pk}"
    product.delete()

    assert written() == [
        ("product.changed", subject, data),
        ("product.changed", subject, data | {"change": "deleted"}),
    ]


def test_what_the_shop_records_by_itself_is_no_event(subscribe: Subscribe) -> None:
    product = make_product(category="Lamps")
    subscribe("product.changed")

    Product.objects.update(popularity=7)
    Product.objects.get(pk=product.pk).save()
    make_category("Lamps").delete  # noqa: B018 - the name of its category is not the product's
    with connection.cursor() as cursor:
        cursor.execute("UPDATE products_category SET name = 'Lights'")

    assert written() == []


def test_rolled_back_change_leaves_no_event(subscribe: Subscribe) -> None:
    subscribe()
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 5)
    before = kinds()

    def change_everything() -> None:
        place(new_order_id(), Request(store.pk, {lamp.pk: 5}, customer_id=None, email=""))
        Product.objects.filter(pk=lamp.pk).update(price=3)
        assert kinds() == [*before, "stock.low", "stock.out", "product.changed", "order.confirmed"]
        raise ValueError("undo")

    with pytest.raises(ValueError, match="undo"), transaction.atomic():
        change_everything()

    assert kinds() == before
    assert Delivery.objects.count() == len(before)


def test_only_active_subscriptions_to_the_kind_get_the_event(subscribe: Subscribe) -> None:
    subscribe("order.confirmed")
    subscribe("product.changed", active=False)
    wanted = [subscribe("product.changed").pk, subscribe("product.changed", "stock.low").pk]

    make_product()

    assert sorted(Delivery.objects.values_list("subscription", flat=True)) == sorted(wanted)
    assert Event.objects.count() == 1


def test_without_subscription_no_trigger_runs(subscribe: Subscribe) -> None:
    """The sequences that say so are set by the first subscription, and reset after the last."""
    forget_events()
    assert watched() == [None, None, None]
    subscription = subscribe("stock.out")
    assert watched() == [None, 1, None]
    subscription.delete()
    subscribe("order.rejected", active=False)
    forget_events()
    assert watched() == [None, None, None]


def test_activated_or_extended_subscription_is_watched(subscribe: Subscribe) -> None:
    forget_events()
    subscription = subscribe("order.rejected", active=False)
    subscription.kinds = [Kind.ORDER_REJECTED, Kind.PRODUCT_CHANGED]
    subscription.active = True
    subscription.save()
    assert watched() == [1, None, 1]


def watched() -> list[int | None]:
    """The last values for orders, stock and products."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(pg_sequence_last_value(format('webhooks_%s_watched', name)::regclass) ORDER BY place)"
            " FROM unnest('{orders,stock,products}'::text[]) WITH ORDINALITY AS kind(name, place)"
        )
        return list(cursor.fetchone()[0])


def test_ids_are_never_used_again(subscribe: Subscribe) -> None:
    subscribe("product.changed")
    make_product()
    make_product()
    first, second = Event.objects.order_by("pk")
    assert first.public_id == f"evt_{first.uid.hex}" != second.public_id
    assert isinstance(first.uid, uuid.UUID)
