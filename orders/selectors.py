import re
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Case,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Lower, Right
from django.http import Http404

from orders import guests
from orders.models import Order, OrderItem
from stores.selectors import works_at

User = AbstractBaseUser | AnonymousUser
Status = Order.Status

SHORT_LENGTH = 12  # digits of the last group
SHORT_NUMBER, NUMBER = re.compile(f"[0-9a-f]{{{SHORT_LENGTH}}}"), re.compile("[0-9a-f]{32}")


def order_for(user: User, order_id: uuid.UUID, *, token: str = "") -> Order:
    """The order with its items, if the caller may see and cancel it; Http404 otherwise.

    Its customer may, and the staff of its store; a guest's order is opened by its token.
    """
    order = Order.objects.prefetch_related("items").filter(pk=order_id).first()
    if order and order.customer_id is not None and order.customer_id == user.pk:
        return order
    if order and token and guests.opens(token, order):
        return order
    if order and user.is_authenticated and works_at(user, order.store_id):
        return order
    raise Http404("There is no such order.")


def orders_of_store(store_id: int, **filters: Any) -> QuerySet[Order]:
    """A store's orders with `total_items`, newest first. The filters are those of `OrdersQuery`."""
    return _filtered(Order.objects.filter(store=store_id), **filters)


def found_by(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """The orders with this number, whole or its last group, which pages show; else those of this account or address."""
    digits = text.strip().lower().replace("-", "")
    if SHORT_NUMBER.fullmatch(digits):
        # The index on a store's orders has their ids.
        return orders.alias(shown=Right(Cast("pk", TextField()), SHORT_LENGTH)).filter(shown=digits)
    if NUMBER.fullmatch(digits):
        return orders.filter(pk=uuid.UUID(digits))
    named = get_user_model().objects.filter(username=text.strip()).values_list("pk", flat=True)
    return orders.alias(address=Lower("email")).filter(Q(customer__in=list(named)) | Q(address=text.strip().lower()))


def orders_of_customer(customer_id: int, **filters: Any) -> QuerySet[Order]:
    """A customer's orders with `total_items`, newest first. The filters are those of `OrdersQuery`."""
    return _filtered(Order.objects.filter(customer=customer_id), **filters)


def _filtered(
    orders: QuerySet[Order],
    *,
    status: str = "",
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> QuerySet[Order]:
    """The orders that pass the filters, with `total_items`, the units in each, newest first."""
    # GROUP BY over a join would sum every order; a subquery sums those of the page.
    units = (
        OrderItem.objects.filter(order=OuterRef("pk"))
        .order_by()
        .annotate(units=Func(F("quantity"), function="SUM", output_field=IntegerField()))
    )
    total_items = Coalesce(Subquery(units.values("units")), 0)
    filters = {"status": status, "created_at__gte": created_from, "created_at__lt": created_before}
    orders = orders.filter(**{lookup: value for lookup, value in filters.items() if value})
    return orders.annotate(total_items=total_items).order_by("-created_at", "-id")


def taken_units(store_id: int, product_ids: Collection[int] | None, since: datetime | None) -> dict[int, int]:
    """Units by product that a store's orders took since a time or ever, minus units put back."""
    items = OrderItem.objects.filter(order__store=store_id).exclude(order__status=Status.REJECTED)
    if product_ids is not None:
        items = items.filter(product__in=product_ids)
    units: F | Combinable = F("quantity")
    if since is None:
        items = items.filter(order__status=Status.CONFIRMED)
    else:
        items = items.filter(Q(order__created_at__gt=since) | Q(order__cancelled_at__gt=since))
        taken = Case(When(order__created_at__gt=since, then=F("quantity")), default=Value(0))
        returned = Case(When(order__cancelled_at__gt=since, then=F("quantity")), default=Value(0))
        units = taken - returned
    return dict(items.order_by().values_list("product_id").annotate(units=Sum(units)))
