import json
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from knox.models import get_token_model

from stores.models import Store, StoreStaff

STAFF, CUSTOMER = "demo-staff", "demo-customer"


class Command(BaseCommand):
    help = "Make (or renew) a demo staff login and API tokens for a member of staff and a customer, and print them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        if settings.SECURE:
            raise CommandError("demo access is for development: this system runs with SECURE on")
        password = secrets.token_urlsafe(9)
        staff = _renewed_user(STAFF, password, is_staff=True, is_superuser=True)
        customer = _renewed_user(CUSTOMER, password, email="customer@example.com")
        StoreStaff.objects.bulk_create(
            (StoreStaff(store=store, user=staff) for store in Store.objects.all()), ignore_conflicts=True
        )
        access = {
            "staff_login": STAFF,
            "staff_password": password,
            "customer_login": CUSTOMER,
            "customer_password": password,
            "staff_token": get_token_model().objects.create(user=staff)[1],
            "customer_token": get_token_model().objects.create(user=customer)[1],
        }
        if options["json"]:
            self.stdout.write(json.dumps(access))
            return
        for name, value in access.items():
            self.stdout.write(f"{name.replace('_', ' '):<15} {value}")


def _renewed_user(username: str, password: str, **fields: Any) -> User:
    user, _ = User.objects.update_or_create(username=username, defaults=fields)
    user.set_password(password)
    user.save()
    get_token_model().objects.filter(user=user).delete()
    return user
