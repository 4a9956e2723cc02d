"""The data of one person: exported, or erased.

An order stays when its person goes: store, lines, amounts and times are what accounting needs. Its
account stays as a number without a name, so that one customer's orders remain one customer's.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from knox.models import get_token_model

from foundation.models import IdempotencyRecord
from orders.models import Order
from orders.receipts import receipt_of
from stores.models import StockAdjustment, StoreStaff
from webhooks.models import Event
from webhooks.selectors import events_of_orders
from webhooks.services import forget_customer

FAILED_SIGN_INS = (AccessAttempt, AccessFailureLog, AccessLog)
ERASED_PREFIX = "erased-"  # of names of accounts without a person; nobody registers such a name
SUFFIX_BYTES = 4
ADDRESS = "@"


class UnknownPersonError(Exception):
    """No account and no order belongs to this name or address."""


class AmbiguousPersonError(Exception):
    """Several accounts have this address, or an account has a name that is the address of somebody else."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(
            f"several people have this name or address; name one account, or choose in the admin: "
            f"{', '.join(sorted(names))}"
        )


class StillStaffError(Exception):
    """The account works here. Its rights have to be withdrawn first."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is a member of staff: withdraw these rights first")


@dataclass(frozen=True)
class Person:
    """A customer with an account, a guest with an e-mail address, or both.

    `email` is an address that the operator named, and has verified. That of an account is whatever somebody typed
    when registering: it leads to no order of a guest.
    """

    user: User | None
    email: str = ""

    def __str__(self) -> str:
        return self.user.get_username() if self.user else self.email

    @property
    def has_address(self) -> Q:
        """Condition of orders with the address; none without one. Needs the alias of `_orders_by_address`."""
        return Q(address=self.email.lower()) & ~Q(address="")

    @property
    def orders(self) -> QuerySet[Order]:
        """The account's orders, and orders of guests with the address."""
        of_guest = Q(customer=None) & self.has_address
        of_account = Q(customer=self.user.pk) if self.user else Q()
        return _orders_by_address().filter(of_guest | of_account)


def find(name: str) -> Person:
    """The person with a user name or e-mail address. UnknownPersonError, AmbiguousPersonError.

    A user name may look like the address of somebody else, and then means neither of the two.
    """
    named = User.objects.filter(username=name).exclude(email__iexact=name).first()
    email = name if ADDRESS in name else ""
    accounts = list(User.objects.filter(email__iexact=email)) if email else []
    orders = _orders_by_address().filter(Person(None, email).has_address)
    if len(accounts) > 1 or (named and (accounts or orders.exclude(customer=named).exists())):
        raise AmbiguousPersonError(account.get_username() for account in [*accounts, named] if account)
    if named:
        return Person(named)
    if not accounts and not orders.exists():
        raise UnknownPersonError(f"no account and no order belongs to {name}")
    return Person(accounts[0] if accounts else None, email)


def export(person: Person) -> dict[str, Any]:
    """All of the person's data, as values that DjangoJSONEncoder writes. Searches are anonymous, so none are in it."""
    orders = person.orders.select_related("store").prefetch_related("items").order_by("created_at", "pk")
    events = events_of_orders(order.pk for order in orders).order_by("pk").prefetch_related("deliveries__subscription")
    found: dict[str, Any] = {
        "person": str(person),
        "orders": [_order(order) for order in orders],
        "sent_to_other_systems": [_event(event) for event in events],
    }
    if person.user is None:
        return found
    user = person.user
    names = ("username", "email", "first_name", "last_name", "date_joined", "last_login", "is_active", "is_staff")
    tokens = get_token_model().objects.filter(user=user).values("created", "expiry")
    attempts = AccessAttempt.objects.filter(username=user.get_username())
    return found | {
        "account": {name: getattr(user, name) for name in names},
        "groups": list(user.groups.values_list("name", flat=True)),
        "works_at": list(StoreStaff.objects.filter(user=user).values_list("store__name", flat=True)),
        "api_tokens": list(tokens),
        "failed_sign_ins": list(attempts.values("attempt_time", "ip_address", "user_agent")),
        "sessions": [{"expires": session.expire_date} for session in _sessions(person)],
        "stock_changes": list(
            StockAdjustment.objects.filter(actor=user)
            .order_by("created_at")
            .values("created_at", "store__name", "product__sku", "kind", "delta", "reason")
        ),
        "changes_in_the_admin": list(
            LogEntry.objects.filter(user=user).values("action_time", "object_repr", "change_message")
        ),
    }


@transaction.atomic
def erase(person: Person) -> int:
    """Erase the person's data for good. Returns how many orders remain, without a name. StillStaffError."""
    user = person.user
    if user and (user.is_staff or user.is_superuser or StoreStaff.objects.filter(user=user).exists()):
        raise StillStaffError(user.get_username())
    for session in _sessions(person):
        session.delete()
    orders = set(person.orders.values_list("pk", flat=True))
    # The address may also be in another customer's order, as the recipient of its confirmation.
    _orders_by_address().filter(Q(pk__in=orders) | person.has_address).update(email="", access_digest="")
    forget_customer(order_ids=orders)
    if user:
        _erase_account(user)
    return len(orders)


def forget_failed_sign_ins() -> int:
    """Delete names and addresses of failed sign-ins that no longer lock an account. Returns the number."""
    cooloff: dt.timedelta = settings.AXES_COOLOFF_TIME
    too_old = dt.datetime.now(dt.UTC) - cooloff
    return sum(model.objects.filter(attempt_time__lt=too_old).delete()[0] for model in FAILED_SIGN_INS)


def _orders_by_address() -> QuerySet[Order]:
    return Order.objects.alias(address=Lower("email"))


def _erase_account(user: User) -> None:
    for model in FAILED_SIGN_INS:
        model.objects.filter(username=user.get_username()).delete()
    get_token_model().objects.filter(user=user).delete()
    IdempotencyRecord.objects.filter(caller=f"user:{user.pk}").delete()
    user.groups.clear()
    user.user_permissions.clear()
    name = f"{ERASED_PREFIX}{user.pk}"
    if User.objects.filter(username__iexact=name).exclude(pk=user.pk).exists():  # made in the admin, or long ago
        name += f"-{secrets.token_hex(SUFFIX_BYTES)}"
    user.username = name
    user.email = user.first_name = user.last_name = ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    about.update(object_repr=name, change_message="")


def _order(order: Order) -> dict[str, Any]:
    receipt = receipt_of(order)
    return {
        "id": order.pk,
        "store": order.store.name,
        "status": order.status,
        "created_at": order.created_at,
        "cancelled_at": order.cancelled_at,
        "email": order.email,
        "confirmation_sent_at": order.confirmation_sent_at,
        "items": [{name: getattr(item, name) for name in item.__slots__} for item in receipt.items],
        "total": receipt.total,
        "currency": receipt.currency,
    }


def _event(event: Event) -> dict[str, Any]:
    """An event of one of the orders, and the subscriptions to which it was sent."""
    deliveries = event.deliveries.all()
    return {
        "id": event.public_id,
        "kind": event.kind,
        "created_at": event.created_at,
        "data": event.data,
        "to": [{"name": one.subscription.name, "delivered_at": one.delivered_at} for one in deliveries],
    }


def _sessions(person: Person) -> Iterator[Any]:
    """Sessions of the account, or in which one of the orders was placed: every session is read to find them."""
    model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    user_id = str(person.user.pk) if person.user else None
    orders = {str(order_id) for order_id in person.orders.values_list("pk", flat=True)}
    for session in model.objects.iterator():
        content = session.get_decoded()
        is_users = user_id is not None and content.get("_auth_user_id") == user_id
        if is_users or not orders.isdisjoint(map(str, content.get("placed", {}).values())):
            yield session
