"""Sessions begin at sign-in and end at sign-out; scripts cannot read the cookie."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from backend import redis, tasks
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def sign_in(client: Client, password: str = "password") -> int:  # noqa: S107 - a test user's
    return client.post("/sign-in/", {"username": "ada", "password": password}).status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session and client.get("/").wsgi_request.user.is_authenticated


def test_sign_in_begins_a_new_session(client: Client) -> None:
    make_user("ada")
    session = client.session
    session["basket"] = {}
    session.save()
    assert session.session_key
    client.cookies["sessionid"] = session.session_key
    assert sign_in(client) == 302
    assert client.cookies["sessionid"].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_cookie_is_for_this_site_and_not_for_scripts(client: Client) -> None:
    make_user("ada")
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")


def test_sign_out_ends_the_session_on_the_server(client: Client) -> None:
    make_user("ada")
    sign_in(client)
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_signed_in(stolen)
    client.post("/sign-out/")
    assert not is_signed_in(stolen)


def test_basket_filled_while_redis_was_unavailable_is_full_afterwards(
    client: Client, request: pytest.FixtureRequest
) -> None:
    kettle, lamp = make_product("Kettle"), make_product("Lamp")
    client.post("/basket/add/", {"product_id": kettle.pk, "quantity": 1})
    request.getfixturevalue("redis_unavailable")
    client.post("/basket/add/", {"product_id": lamp.pk, "quantity": 1})
    redis.breaker.reset()
    lines = client.get("/basket/").context["content"].lines
    assert [line.product.name for line in lines] == ["Kettle", "Lamp"]


def test_sign_out_while_redis_was_unavailable_lasts(client: Client, request: pytest.FixtureRequest) -> None:
    make_user("ada")
    sign_in(client)
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    request.getfixturevalue("redis_unavailable")
    client.post("/sign-out/")
    redis.breaker.reset()
    assert not is_signed_in(stolen)


def test_inactive_account_or_new_password_is_signed_out_everywhere(client: Client) -> None:
    ada = make_user("ada")
    sign_in(client)
    ada.set_password("another password")
    ada.save()
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert sign_in(client, "another password") == 302
    ada.is_active = False
    ada.save()
    assert not client.get("/").wsgi_request.user.is_authenticated


def test_expired_sessions_and_tokens_are_deleted(client: Client) -> None:
    ada = make_user("ada")
    for lifetime in (timedelta(seconds=-1), timedelta(hours=1)):
        Session.objects.create(session_key=str(lifetime), expire_date=timezone.now() + lifetime)
        AuthToken.objects.create(ada, expiry=lifetime)
    sign_in(client)
    tasks.forget_sessions()
    assert set(Session.objects.values_list("session_key", flat=True)) == {"1:00:00", client.session.session_key}
    assert AuthToken.objects.get().expiry > timezone.now()


def test_five_wrong_passwords_lock_the_form_too(client: Client) -> None:
    make_user("ada")
    assert [sign_in(client, "wrong") for _ in range(6)] == [200, 200, 200, 200, 429, 429]
    assert sign_in(client) == 429
