"""Signing in for the API, and the protection against guessing."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client, override_settings
from django.utils import timezone
from knox.models import AuthToken
from limits import parse
from rest_framework.test import APIClient

from tests.factories import make_user
from tests.threads import begun_before_the_end_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def sign_in(client: APIClient, password: str = "password", **extra: Any) -> Any:  # noqa: S107 - a test user's
    return client.post("/auth/token/", {"username": "ada", "password": password}, format="json", **extra)


def test_right_password_gives_a_token_that_works_until_signed_out(api: APIClient) -> None:
    make_user("ada")
    answer = sign_in(api)
    assert answer.status_code == 201
    api.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert api.delete("/auth/token/").status_code == 204
    again = api.delete("/auth/token/")
    assert (again.status_code, again.json()["detail"]) == (401, "Invalid token.")


def test_token_is_stored_as_a_hash_and_expires(api: APIClient) -> None:
    make_user("ada")
    token = sign_in(api).json()["token"]
    stored = AuthToken.objects.get()
    assert token not in (stored.digest, stored.token_key)
    assert len(stored.digest) == 128
    assert timedelta(hours=23) < stored.expiry - timezone.now() <= timedelta(hours=24)


def test_expired_token_is_refused(api: APIClient) -> None:
    make_user("ada")
    api.credentials(HTTP_AUTHORIZATION=f"Token {sign_in(api).json()['token']}")
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert api.delete("/auth/token/").status_code == 401


@pytest.mark.parametrize("username", ["ada", "nobody"])
def test_wrong_password_and_unknown_name_get_the_same_response(api: APIClient, username: str) -> None:
    make_user("ada")
    answer = api.post("/auth/token/", {"username": username, "password": "wrong"}, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (401, "Wrong name or password.")


def test_name_is_locked_for_an_address_after_five_failures(api: APIClient) -> None:
    make_user("ada")
    assert [sign_in(api, "wrong").status_code for _ in range(6)] == [401, 401, 401, 401, 429, 429]
    assert sign_in(api).status_code == 429, "the right password no longer helps"
    assert sign_in(api, REMOTE_ADDR="192.0.2.7").status_code == 201, "ada herself, elsewhere, is not locked out"


def test_success_forgets_the_failures_before_it(api: APIClient) -> None:
    make_user("ada")
    tries = ["wrong"] * 4 + ["password"] + ["wrong"] * 4 + ["password"]
    assert [sign_in(api, password).status_code for password in tries] == [401] * 4 + [201] + [401] * 4 + [201]


def test_another_address_of_the_same_ipv6_network_opens_no_lock(api: APIClient) -> None:
    make_user("ada")
    failures = [sign_in(api, "wrong", REMOTE_ADDR=f"2001:db8:1:2::{host:x}").status_code for host in range(6)]
    assert failures == [401, 401, 401, 401, 429, 429]
    assert sign_in(api, REMOTE_ADDR="2001:db8:1:2:ffff::9").status_code == 429
    assert sign_in(api, REMOTE_ADDR="2001:db8:1:3::1").status_code == 201


@pytest.mark.parametrize("address", ["fe80::1%eth0", "unknown", "", "1.2.3.4.5"])
@override_settings(TRUSTED_PROXIES=1)
def test_failure_from_what_is_no_address_is_counted(api: APIClient, address: str) -> None:
    make_user("ada")
    from_there = {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": address}
    assert [sign_in(api, "wrong", **from_there).status_code for _ in range(5)] == [401, 401, 401, 401, 429]


def test_lock_says_when_it_ends(api: APIClient, client: Client) -> None:
    for browser, failures in (("Firefox", 3), ("Chrome", 4)):
        for _ in range(failures):
            sign_in(api, "wrong", HTTP_USER_AGENT=browser)
    newest = AccessAttempt.objects.get(user_agent="Chrome")
    assert newest.failures_since_start == 2, "failures while it is locked do not count"
    # Three of the five are forgotten first, and then two are left.
    AccessAttempt.objects.filter(user_agent="Firefox").update(attempt_time=timezone.now() - timedelta(minutes=5))
    refused = [sign_in(api), client.post("/sign-in/", {"username": "ada", "password": "x"})]
    assert [each.status_code for each in refused] == [429, 429]
    assert all(595 <= int(each["Retry-After"]) <= 600 for each in refused)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15))
    assert sign_in(api, "wrong").status_code == 401


@override_settings(THROTTLE_RATES={"sign-in": parse("3/minute"), "pages": None, "api": None})
def test_address_that_tries_many_names_is_throttled(api: APIClient) -> None:
    answers = [api.post("/auth/token/", {"username": str(n), "password": "x"}, format="json") for n in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


@override_settings(THROTTLE_RATES={"sign-in": parse("3/minute"), "pages": None, "api": None})
def test_sign_in_of_the_admin_is_throttled_too(client: Client) -> None:
    tries = [client.post("/admin/login/", {"username": str(n), "password": "x"}) for n in range(4)]
    assert [answer.status_code for answer in tries] == [200, 200, 200, 429]
    assert 1 <= int(tries[-1]["Retry-After"]) <= 60


def status_with(client: APIClient, token: str) -> int:
    return client.get("/stores/", headers={"Authorization": f"Token {token}"}).status_code


@pytest.mark.parametrize("token", ["é", "ÿ" * 64], ids=["short", "long"])
def test_token_that_is_not_ascii_is_invalid(token: str) -> None:
    answer = APIClient(raise_request_exception=False).get("/stores/", headers={"Authorization": f"Token {token}"})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Invalid token.")


def test_new_password_ends_the_tokens_of_its_user_only(api: APIClient) -> None:
    ada = make_user("ada")
    (_, of_ada), (_, of_bob) = (AuthToken.objects.create(user=user) for user in (ada, make_user("bob")))
    ada.email = "ada@example.com"
    ada.save()
    assert status_with(api, of_ada) == 200
    ada.set_password("another password")
    ada.save()
    assert (status_with(api, of_ada), status_with(api, of_bob)) == (401, 200)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_reset_first", [True, False], ids=["reset first", "sign-in first"])
def test_token_of_the_old_password_does_not_survive_a_reset_at_the_same_time(*, is_reset_first: bool) -> None:
    ada = make_user("ada")
    answers: list[int] = []

    def reset() -> None:
        ada.set_password("another password")
        ada.save(update_fields=["password"])

    def use_old_password() -> None:
        answers.append(sign_in(APIClient()).status_code)

    first, second = (reset, use_old_password) if is_reset_first else (use_old_password, reset)
    begun_before_the_end_of(first, second)
    assert answers == [401 if is_reset_first else 201]
    assert not AuthToken.objects.exists()


def test_token_of_an_inactive_user_is_refused(api: APIClient) -> None:
    ada = make_user("ada")
    api.credentials(HTTP_AUTHORIZATION=f"Token {sign_in(api).json()['token']}")
    ada.is_active = False
    ada.save()
    assert api.delete("/auth/token/").status_code == 401
