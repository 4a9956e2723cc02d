"""Registering, and a new password by e-mail."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlsafe_base64_encode
from knox.models import get_token_model
from limits import parse
from pytest_django import Settings
from rest_framework.test import APIClient

from backend import accounts
from backend.tasks import send_reset_codes
from tests.factories import make_user
from tests.threads import begun_before_the_end_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]

ADA = {"username": "ada", "email": "ada@example.com", "password": "a long secret"}
RESET, CONFIRM = "/auth/password/reset/", "/auth/password/reset/confirm/"


def post(api: APIClient, path: str, body: Any) -> Any:
    return api.post(path, body, format="json")


def refused_fields(answer: Any) -> list[str]:
    assert answer.status_code == 400
    return sorted({error["field"] for error in answer.json()["errors"]})


def test_customer_registers_and_orders_are_theirs(api: APIClient) -> None:
    answer = post(api, "/auth/register/", ADA)
    assert answer.status_code == 201
    user = User.objects.get()
    assert (user.username, user.email, user.is_staff, user.is_superuser) == ("ada", "ada@example.com", False, False)
    assert user.check_password(ADA["password"])
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['token']}")
    assert api.get("/orders/").json()["results"] == []
    api.credentials()
    assert post(api, "/auth/token/", {"username": "ada", "password": ADA["password"]}).status_code == 201


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"username": "ADA"}, ["username"]),
        ({"username": "a b"}, ["username"]),
        ({"username": ""}, ["username"]),
        ({"username": "Erased-42"}, ["username"]),
        ({"username": "a" * 151}, ["username"]),
        ({"email": "nobody"}, ["email"]),
        ({"email": f"{'a' * 60}@{'example.' * 30}com"}, ["email"]),
        ({"username": "bob", "password": "long and secret " * 8 + "!"}, ["password"]),
        ({"username": "bob", "password": "password"}, ["password"]),
        ({"username": "elizabeth", "password": "elizabeth1"}, ["password"]),
        ({"username": "Ada", "password": "12345"}, ["password", "username"]),
    ],
)
def test_bad_registration_names_every_field(api: APIClient, changes: dict[str, str], fields: list[str]) -> None:
    make_user("ada")
    assert refused_fields(post(api, "/auth/register/", ADA | changes)) == fields
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", ["e\N{COMBINING ACUTE ACCENT}milie", "\N{LATIN SMALL LIGATURE FI}nn"])
def test_name_signs_in_in_either_form_of_unicode(api: APIClient, typed: str) -> None:
    assert post(api, "/auth/register/", ADA | {"username": typed}).status_code == 201
    assert post(api, "/auth/token/", {"username": typed, "password": ADA["password"]}).status_code == 201


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_names_that_differ_in_case_are_not_both_registered_at_once() -> None:
    refused: list[ValidationError] = []

    def register_too() -> None:
        try:
            accounts.register(**ADA | {"username": "ADA"})
        except ValidationError as error:
            refused.append(error)

    begun_before_the_end_of(lambda: accounts.register(**ADA), register_too)
    assert [list(error.message_dict) for error in refused] == [["username"]]
    assert [user.username for user in User.objects.all()] == ["ada"]


def test_nobody_registers_while_registration_is_off(api: APIClient, settings: Settings) -> None:
    settings.REGISTRATION = False
    assert post(api, "/auth/register/", ADA).status_code == 403
    assert not User.objects.exists()


def test_privileges_cannot_be_registered(api: APIClient) -> None:
    assert post(api, "/auth/register/", ADA | {"is_staff": True, "is_superuser": True}).status_code == 201
    assert not User.objects.filter(is_staff=True).exists()


def code_of(mails: list[Any]) -> str:
    found = re.search(r"^\S+\.\S+$", mails[-1].body, re.MULTILINE)
    assert found
    return found.group()


def test_new_password_ends_tokens_and_works_once(api: APIClient) -> None:
    user = make_user("ada", email="Ada@example.com")
    get_token_model().objects.create(user=user)
    assert accounts.accounts_of("ada@EXAMPLE.com") == [user.pk]
    assert send_reset_codes([user.pk]) == 1
    assert mail.outbox[0].to == ["Ada@example.com"]
    code = code_of(mail.outbox)
    assert refused_fields(post(api, CONFIRM, {"code": code, "password": "1234"})) == ["password"]
    assert post(api, CONFIRM, {"code": code, "password": "another long one"}).status_code == 204
    user.refresh_from_db()
    assert user.check_password("another long one")
    assert not get_token_model().objects.exists()
    assert refused_fields(post(api, CONFIRM, {"code": code, "password": "a third one now"})) == ["code"]


@pytest.mark.usefixtures("redis_unavailable")
def test_mail_that_cannot_be_queued_has_a_problem_of_its_own(api: APIClient, client: Client) -> None:
    make_user(email="ada@example.com")
    answer = post(api, "/auth/password/reset/", {"email": "ada@example.com"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == "/problems/mail-unavailable"
    page = client.post("/forgotten-password/", {"email": "ada@example.com"})
    assert "No mail can be sent now. Try again in a moment." in page.content.decode()


def test_mail_has_the_address_of_the_front_end(settings: Settings) -> None:
    settings.PASSWORD_RESET_URL = "https://shop.example/new-password?code={code}"  # noqa: S105 - an address
    send_reset_codes([make_user(email="ada@example.com").pk])
    assert re.search(r"^https://shop\.example/new-password\?code=\w+\.\S+$", str(mail.outbox[0].body), re.MULTILINE)


@pytest.mark.parametrize(
    "code", ["", "x", "MQ.x", "MQ", ".", "é.x", "MQ.c1abc-0123", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk.x"]
)
def test_wrong_code_is_refused(api: APIClient, code: str) -> None:
    make_user("ada", id=1)
    assert refused_fields(post(api, CONFIRM, {"code": code, "password": "another long one"})) == ["code"]


def test_codes_of_others_and_of_staff_are_refused(api: APIClient) -> None:
    ada, bob = make_user(email="ada@example.com"), make_user(email="bob@example.com")
    send_reset_codes([ada.pk])
    key, _, token = code_of(mail.outbox).partition(".")
    other = urlsafe_base64_encode(str(bob.pk).encode())
    assert refused_fields(post(api, CONFIRM, {"code": f"{other}.{token}", "password": "another long one"})) == ["code"]
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    assert refused_fields(post(api, CONFIRM, {"code": f"{key}.{token}", "password": "another long one"})) == ["code"]


def test_account_that_is_deactivated_meanwhile_gets_no_mail_and_no_new_password(api: APIClient) -> None:
    ada = make_user(email="ada@example.com")
    send_reset_codes([ada.pk])
    code = code_of(mail.outbox)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert refused_fields(post(api, CONFIRM, {"code": code, "password": "another long one"})) == ["code"]
    cache.clear()  # of the pause between two mails
    assert send_reset_codes([ada.pk]) == 0
    assert len(mail.outbox) == 1


def test_answer_does_not_say_whether_an_address_has_an_account(api: APIClient) -> None:
    make_user("ada", email="ada@example.com")
    make_user("root", email="root@example.com", is_staff=True)
    make_user("gone", email="gone@example.com", is_active=False)
    seen = set()
    for name in ("ada", "root", "gone", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            answer = post(api, RESET, {"email": f"{name}@example.com"})
        headers = {key: value for key, value in answer.items() if key not in {"X-Request-ID", "RateLimit-Remaining"}}
        headers.pop("RateLimit-Reset", None)
        seen.add((answer.status_code, answer.content, str(headers), len(queries)))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 202


def test_only_accounts_that_can_be_reset_get_mail() -> None:
    make_user("root", email="a@example.com", is_staff=True)
    make_user("gone", email="a@example.com", is_active=False)
    without = make_user("without", email="a@example.com")
    without.set_unusable_password()
    without.save()
    ada = make_user("ada", email="a@example.com")
    assert accounts.accounts_of("a@example.com") == [ada.pk]


def test_mailbox_is_not_filled() -> None:
    ada = make_user(email="ada@example.com")
    assert [send_reset_codes([ada.pk]) for _ in range(3)] == [1, 0, 0]
    cache.clear()
    assert send_reset_codes([ada.pk]) == 1


def test_accounts_with_one_address_do_not_fill_its_mailbox() -> None:
    for name in "abc":
        make_user(name, email="ada@example.com" if name != "c" else "Ada@Example.com")
    for _ in range(3):
        send_reset_codes(accounts.accounts_of("ADA@example.com"))
    assert len(mail.outbox) == 3, "one to each account"
    newest = make_user("d", email="ada@example.com")
    assert send_reset_codes([newest.pk]) == 0


attempts: list[Any] = []


class FailingOnce(EmailBackend):
    """Refuses the second of its mails."""

    def send_messages(self, messages: Any) -> int:
        attempts.append(messages)
        if len(attempts) == 2:
            raise OSError
        return super().send_messages(messages)


def test_only_mails_that_failed_are_sent_again(settings: Settings) -> None:
    attempts.clear()
    settings.EMAIL_BACKEND = f"{__name__}.FailingOnce"
    users = [make_user(name, email="ada@example.com") for name in "abc"]
    send_reset_codes.apply(args=([user.pk for user in users],))
    assert sorted(message.body.splitlines()[0] for message in mail.outbox) == ["Hello a,", "Hello b,", "Hello c,"]


def test_registrations_and_resets_are_throttled(api: APIClient, settings: Settings) -> None:
    rates = {**settings.THROTTLE_RATES, "accounts": parse("2/hour")}
    with override_settings(THROTTLE_RATES=rates):
        codes = [post(api, "/auth/register/", {}).status_code, post(api, RESET, {"email": "a@b.example"}).status_code]
        codes += [post(api, RESET, {"email": "a@b.example"}).status_code]
    assert codes == [400, 202, 429]


@pytest.mark.parametrize("path", ["/auth/register/", RESET, CONFIRM])
def test_unknown_query_parameter_is_refused(api: APIClient, path: str) -> None:
    assert refused_fields(post(api, f"{path}?email=a", {})) == ["email"]


def test_refused_code_keeps_nothing_of_the_request() -> None:
    refusals = []
    for _ in range(2):
        with pytest.raises(ValidationError) as refused:
            accounts.reset_password(code="wrong", password="correct horse")
        refusals.append(refused.value)
    assert refusals[0] is not refusals[1]  # a shared error would collect the frames of every request
