"""A shopper registers, and chooses a new password with the link of a mail."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client, override_settings
from limits import parse
from pytest_django import Settings

from backend import accounts
from tests.broker import BrokerQueue
from tests.factories import make_stocked, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]

ADA = {"username": "ada", "email": "ada@example.com", "password": "a long secret"}


@pytest.fixture
def links(settings: Settings) -> Callable[[], list[str]]:
    """Path and query of the link in each mail that was sent."""
    settings.PASSWORD_RESET_URL = "https://shop.example.com/new-password/?code={code}"  # noqa: S105 - an address

    def found() -> list[str]:
        addresses = [re.findall(r"https://\S+", str(each.body))[0] for each in mail.outbox]
        return [f"{urlsplit(address).path}?{urlsplit(address).query}" for address in addresses]

    return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_shopper_registers_and_goes_on_with_the_basket(client: Client, store: Any) -> None:
    product = make_stocked(store, 5)
    client.post("/store/choose/", {"store_id": store.pk})
    client.post("/basket/add/", {"product_id": product.pk, "quantity": 2})
    page = client.get("/sign-in/?next=/basket/")
    assert "/register/?next=/basket/" in text(page)
    assert 'value="/basket/"' in text(client.get("/register/?next=/basket/"))
    answer = client.post("/register/", {**ADA, "next": "/basket/"})
    assert (answer.status_code, answer["Location"]) == (302, "/basket/")
    assert product.name in text(client.get("/basket/"))
    assert client.get("/register/")["Location"] == "/account/"
    assert client.session["_auth_user_id"] == str(User.objects.get(username="ada", is_staff=False).pk)


def test_what_is_refused_is_shown_beside_its_field(client: Client) -> None:
    make_user("ada")
    page = client.post("/register/", {"username": "Ada", "email": "nobody", "password": "password"})
    assert re.findall(r'class="field-error" id="id_(\w+)_error"', text(page)) == ["email"]
    page = client.post("/register/", {**ADA, "password": "password"})
    assert re.findall(r'class="field-error" id="id_(\w+)_error"', text(page)) == ["username", "password"]
    assert User.objects.count() == 1


def test_next_address_of_another_site_is_ignored(client: Client) -> None:
    assert client.post("/register/", {**ADA, "next": "https://evil.example.com/"})["Location"] == "/account/"


def test_shop_without_registration_has_no_page_for_it(client: Client, settings: Settings) -> None:
    settings.REGISTRATION = False
    assert "/register/" not in text(client.get("/sign-in/"))
    assert client.get("/register/").status_code == client.post("/register/", ADA).status_code == 404
    assert not User.objects.exists()


def test_page_goes_on_in_the_same_way_for_every_address(client: Client) -> None:
    make_user("ada", email="ada@example.com")
    queue = BrokerQueue("default")
    answers = [client.post("/forgotten-password/", {"email": f"{name}@example.com"}) for name in ("ada", "bob")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/new-password/")] * 2
    assert "If an account has this address" in text(client.get("/new-password/"))
    assert queue.tasks() == ["backend.tasks.send_reset_codes"] * 2


def test_link_of_the_mail_leads_to_a_new_password(client: Client, links: Callable[[], list[str]]) -> None:
    user = make_user("ada", email="ada@example.com")
    client.force_login(user)
    other = Client()
    assert accounts.send_reset_code(user.pk)
    (link,) = links()
    page = other.get(link)
    (code,) = re.findall(r'name="code" value="([^"]+)"', text(page))
    assert "no-store" in page["Cache-Control"]
    refused = other.post("/new-password/", {"code": code, "password": "1234"})
    assert 'id="id_password_error"' in text(refused)
    answer = other.post("/new-password/", {"code": code, "password": "another long secret"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert "Your password is changed" in text(other.get("/sign-in/"))
    assert "Sign out" not in text(client.get("/account/"))  # the session with the old password has ended
    assert 'id="id_code_error"' in text(other.post("/new-password/", {"code": code, "password": "a third secret"}))
    user.refresh_from_db()
    assert user.check_password("another long secret")


@pytest.mark.parametrize(
    ("path", "scope"), [("register", "accounts"), ("forgotten-password", "accounts"), ("new-password", "sign-in")]
)
def test_what_is_sent_is_limited_and_looking_is_not(client: Client, settings: Settings, path: str, scope: str) -> None:
    with override_settings(THROTTLE_RATES={**settings.THROTTLE_RATES, scope: parse("1/hour")}):
        codes = [client.post(f"/{path}/", {}).status_code for _ in range(2)]
        assert codes == [200, 429]
        assert client.get(f"/{path}/").status_code == 200
