import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import get_token_model

from stores.models import Store, StoreStaff

STAFF, CUSTOMER = "demo-staff", "demo-customer"
MIN_VALIDITY = timedelta(hours=1)


class Command(BaseCommand):
    help = "Make a demo staff login and API tokens for a member of staff and a customer, and print them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--current", metavar="FILE", help="an earlier JSON object; what still works stays")

    def handle(self, **options: Any) -> None:
        if settings.SECURE:
            raise CommandError("demo access is for development: this system runs with SECURE on")
        current = _read(options["current"])
        password = current.get("staff_password") or secrets.token_urlsafe(9)
        staff = _user(STAFF, password, is_staff=True, is_superuser=True)
        customer = _user(CUSTOMER, password, email="customer@example.com")
        StoreStaff.objects.bulk_create(
            (StoreStaff(store=store, user=staff) for store in Store.objects.all()), ignore_conflicts=True
        )
        access = {
            "staff_login": STAFF,
            "staff_password": password,
            "customer_login": CUSTOMER,
            "customer_password": password,
            "staff_token": _token(staff, current.get("staff_token", "")),
            "customer_token": _token(customer, current.get("customer_token", "")),
        }
        if options["json"]:
            self.stdout.write(json.dumps(access))
            return
        for name, value in access.items():
            self.stdout.write(f"{name.replace('_', ' '):<15} {value}")


def _read(file: str | None) -> dict[str, str]:
    try:
        loaded: dict[str, str] = json.loads(Path(file or "").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _user(username: str, password: str, **fields: Any) -> User:
    """A new hash of the same password would sign everybody out, so it stays."""
    user, _ = User.objects.update_or_create(username=username, defaults={"is_active": True, **fields})
    if not user.check_password(password):
        user.set_password(password)
        user.save()
    return user


def _token(user: User, current: str) -> str:
    """The current token if it is valid for some time yet, else a new one in place of all earlier ones."""
    soon = timezone.now() + MIN_VALIDITY
    tokens = get_token_model().objects.filter(user=user)
    if current and tokens.filter(digest=hash_token(current), expiry__gt=soon).exists():
        return current
    tokens.delete()
    token: str = get_token_model().objects.create(user=user)[1]
    return token
