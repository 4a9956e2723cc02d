"""Keys of front ends: what they allow, what they limit, and how they end."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from limits import parse

from api_keys import selectors, services
from api_keys.models import ApiKey
from foundation.expiring_cache import ExpiringValue
from stores.models import Store
from tests.factories import make_user

pytestmark = [pytest.mark.service, pytest.mark.django_db]

SHOP, STRANGER = "https://shop.example.com", "https://evil.example"
SUGGEST = "/search/suggest/?q=lap"
TABLE = "api_keys_apikey"
PUBLISHABLE, SERVER = ApiKey.Kind.PUBLISHABLE, ApiKey.Kind.SERVER


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ExpiringValue("keys", selectors._read, max_age=selectors.MAX_AGE, outages=selectors.OUTAGES)  # noqa: SLF001
    monkeypatch.setattr(selectors, "_active", keys)
    monkeypatch.setattr(services, "_recorded_at", {})


def made(kind: str = PUBLISHABLE, **options: object) -> str:
    _key, text = services.make_key(name="Shop front", kind=kind, **options)  # type: ignore[arg-type]
    selectors.forget()
    return text


def call(path: str = SUGGEST, key: str | None = None, *, origin: str | None = None, **headers: str) -> Any:
    named = {"X-API-Key": key, "Origin": origin} | {name.replace("_", "-"): text for name, text in headers.items()}
    return Client().get(path, headers={name: text for name, text in named.items() if text is not None})


@pytest.mark.parametrize(
    ("origins", "origin", "status"),
    [
        ([], None, 200),
        ([], STRANGER, 200),
        ([SHOP], SHOP, 200),
        ([SHOP], STRANGER, 403),
        ([SHOP], f"{SHOP}.evil.example", 403),
        ([SHOP], None, 403),
        (["https://*.example.com", "http://localhost:3000"], "http://localhost:3000", 200),
        (["https://*.example.com"], "https://pr-7.example.com", 200),
        (["https://*.example.com"], "https://example.com", 403),
    ],
)
def test_publishable_key_is_bound_to_its_origins(origins: list[str], origin: str | None, status: int) -> None:
    assert call(key=made(origins=origins), origin=origin).status_code == status


@pytest.mark.parametrize("path", ["/stores/", "/orders/", "/schema/", "/auth/token/"])
def test_publishable_key_is_for_searches_only(path: str) -> None:
    refused = call(path, made())
    assert (refused.status_code, refused.json()["detail"]) == (403, "A publishable key is for searches only.")
    assert call(path, made(SERVER)).status_code != 403


@pytest.mark.parametrize("key", ["", "pub_unknown", "ü", "x" * 10_000])
@pytest.mark.parametrize("path", [SUGGEST, "/stores/"])
def test_unknown_key_is_refused(path: str, key: str) -> None:
    refused = call(path, key)
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "ApiKey")
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/health/live", "/admin/login/"])
def test_key_means_nothing_outside_of_the_api(path: str) -> None:
    assert call(path, "pub_unknown").status_code == 200


def test_refusal_can_be_read_by_the_page_that_caused_it() -> None:
    with override_settings(CORS_ALLOWED_ORIGINS=[STRANGER]):
        refused = call(key=made(origins=[SHOP]), origin=STRANGER)
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (403, STRANGER)


def test_key_is_stored_as_a_digest() -> None:
    text = made()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM api_keys_apikey k")
        ((row,),) = cursor.fetchall()
    assert text not in row
    assert text[len("pub_") + 6 :] not in row


def test_revoked_key_is_refused_at_once_here_and_soon_elsewhere() -> None:
    text = made()
    assert call(key=text).status_code == 200
    services.revoke(ApiKey.objects.all())
    selectors.forget()  # as after selectors.MAX_AGE, or after the commit
    assert (call(key=text).status_code, selectors.MAX_AGE <= 60) == (401, True)


def test_key_costs_a_search_no_query() -> None:
    text = made()
    queries = []
    for key in (text, text, "pub_unknown"):
        with CaptureQueriesContext(connection) as captured:
            call(key=key)
        queries.append(sum(TABLE in query["sql"] for query in captured))
    assert queries == [2, 0, 0]  # the first reads the keys, and records the use


def test_use_is_recorded_once_a_minute() -> None:
    text = made()
    call(key=text)
    first = ApiKey.objects.get().last_used_at
    services._recorded_at.clear()  # noqa: SLF001 - as in another process
    call(key=text)
    assert first is not None
    assert ApiKey.objects.get().last_used_at == first


def test_refused_use_is_none() -> None:
    call(key=made(origins=[SHOP]), origin=STRANGER)
    assert ApiKey.objects.get().last_used_at is None


@pytest.fixture
def broken_reads() -> Iterator[Callable[[], None]]:
    """From then on PostgreSQL cannot be reached for keys."""

    def unavailable(execute: Callable[..., object], sql: str, *others: object) -> object:
        if TABLE in sql:
            raise OperationalError
        return execute(sql, *others)

    def begin() -> None:
        connection.execute_wrappers.append(unavailable)
        selectors.forget()

    yield begin
    connection.execute_wrappers[:] = [each for each in connection.execute_wrappers if each is not unavailable]


@pytest.mark.django_db(transaction=True)
def test_known_keys_stay_valid_without_postgresql(broken_reads: Callable[[], None]) -> None:
    text = made(origins=[SHOP])
    assert call(key=text, origin=SHOP).status_code == 200
    services._recorded_at.clear()  # noqa: SLF001 - the use would be recorded again
    broken_reads()
    assert [call(key=each, origin=SHOP).status_code for each in (text, "pub_unknown")] == [200, 401]


def test_key_that_cannot_be_checked_gives_nothing_and_costs_nothing(broken_reads: Callable[[], None]) -> None:
    text = made(SERVER)
    broken_reads()
    with override_settings(THROTTLE_RATES={"suggest": parse("2/minute")}):
        answers = [call(key=text, X_Shopper_Address=f"203.0.113.{host}").status_code for host in range(3)]
    assert answers == [200, 200, 429]  # as one address, for it says nothing about others


@pytest.mark.usefixtures("redis_unavailable")
def test_keys_work_without_redis() -> None:
    text = made(total_rate="1/minute")
    assert [call(key=text).status_code for _ in range(2)] == [200, 429]
    assert call(key=made()).status_code == 200


def test_server_key_passes_shoppers_addresses_on() -> None:
    text = made(SERVER)
    with override_settings(THROTTLE_RATES={"suggest": parse("1/minute")}):
        shoppers = [call(key=text, X_Shopper_Address=address).status_code for address in ("203.0.113.1", "203.0.113.2")]
        again = call(key=text, X_Shopper_Address="203.0.113.1").status_code
        without = [call(X_Shopper_Address=address).status_code for address in ("203.0.113.3", "203.0.113.4")]
        publishable = call(key=made(), X_Shopper_Address="203.0.113.5").status_code
    assert (shoppers, again, without, publishable) == ([200, 200], 429, [200, 429], 429)


def test_ipv4_addresses_of_shoppers_differ_when_they_are_written_as_ipv6() -> None:
    text = made(SERVER)
    written = ("::ffff:203.0.113.1", "::ffff:203.0.113.2", "203.0.113.1")
    with override_settings(THROTTLE_RATES={"suggest": parse("1/minute")}):
        assert [call(key=text, X_Shopper_Address=one).status_code for one in written] == [200, 200, 429]


@pytest.mark.parametrize("address", ["shopper", "203.0.113.1:80", "203.0.113.1, 203.0.113.2", "<script>", "fe80::1%a"])
def test_wrong_address_of_a_shopper_is_named(address: str) -> None:
    refused = call(key=made(SERVER), X_Shopper_Address=address)
    assert (refused.status_code, "X-Shopper-Address" in refused.json()["detail"]) == (400, True)


def test_server_key_in_a_page_is_refused_with_advice() -> None:
    refused = call(key=made(SERVER), origin=SHOP)
    assert (refused.status_code, "Revoke it" in refused.json()["detail"]) == (403, True)


def test_key_has_limits_of_its_own() -> None:
    text = made(caller_rate="3/minute")
    with override_settings(THROTTLE_RATES={"suggest": parse("1/minute")}):
        with_key = [call(key=text) for _ in range(4)]
        without = [call().status_code for _ in range(2)]
    assert [answer.status_code for answer in with_key] == [200, 200, 200, 429]
    assert [answer["RateLimit-Limit"] for answer in with_key] == ["3"] * 4
    assert without == [200, 429]


def test_limit_of_a_key_is_for_all_its_callers() -> None:
    text = made(SERVER, total_rate="2/minute")
    answers = [call(key=text, X_Shopper_Address=f"203.0.113.{host}") for host in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit-Remaining"] == "1"


def test_requests_above_a_callers_own_limit_leave_the_limit_of_the_key_to_others() -> None:
    text = made(SERVER, caller_rate="2/minute", total_rate="4/minute")
    abusive = [call(key=text, X_Shopper_Address="203.0.113.66").status_code for _ in range(10)]
    others = [call(key=text, X_Shopper_Address="203.0.113.7").status_code for _ in range(2)]
    assert (abusive, others) == ([200] * 2 + [429] * 8, [200, 200])


@pytest.mark.parametrize(
    ("origin", "key", "status"),
    [(None, False, 200), ("http://testserver", False, 200), (SHOP, False, 401), (SHOP, True, 200)],
    ids=["a program", "our own page", "another origin", "another origin with a key"],
)
def test_key_may_be_required_of_other_origins(origin: str | None, key: bool, status: int) -> None:  # noqa: FBT001
    text = made() if key else None
    with override_settings(API_KEYS_REQUIRED=True):
        assert call(key=text, origin=origin).status_code == status
        assert call("/stores/", origin=origin).status_code == 200


def test_key_does_not_sign_anybody_in(store: Store) -> None:
    assert call(f"/stores/{store.pk}/orders/", made(SERVER)).status_code == 401


def test_commands_make_and_revoke_keys() -> None:
    printed = io.StringIO()
    call_command("create_api_key", "Shop front", "--origin", SHOP, "--caller-rate", "300/minute", stdout=printed)
    text = printed.getvalue().strip()
    assert re.fullmatch(r"pub_[\w-]{43}", text)
    selectors.forget()
    assert call(key=text, origin=SHOP).status_code == 200
    call_command("revoke_api_key", text, stdout=printed)
    selectors.forget()
    assert call(key=text, origin=SHOP).status_code == 401
    with pytest.raises(CommandError, match="nothing was revoked"):
        call_command("revoke_api_key", text)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--origin", "shop.example.com/"], "such as https://shop.example"),
        (["--server", "--origin", SHOP], "has no origins"),
        (["--total-rate", "lots"], "300/minute"),
        (["--total-rate", "0/minute"], "300/minute"),
        (["--caller-rate", "300/minute;5/second"], "300/minute"),
        (["--caller-rate", "5 per 99999999999 year"], "300/minute"),
        (["--caller-rate", "5 per 2 year"], "300/minute"),
    ],
)
def test_command_refuses_nonsense(options: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("create_api_key", "Shop front", *options)


def test_admin_shows_a_new_key_once(client: Client) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    form = {"name": "Shop front", "kind": "publishable", "origins": f"{SHOP}\nhttp://localhost:3000"}
    page = client.post(reverse("admin:api_keys_apikey_add"), form)
    found = re.search(r"pub_[\w-]{43}", page.content.decode())
    assert found
    assert page["Cache-Control"].startswith("private, no-store")
    selectors.forget()
    assert call(key=found[0], origin=SHOP).status_code == 200
    pages = [
        client.get(reverse("admin:api_keys_apikey_changelist")),
        client.get(reverse("admin:api_keys_apikey_change", args=[ApiKey.objects.get().pk])),
    ]
    assert [(each.status_code, found[0] in each.content.decode()) for each in pages] == [(200, False)] * 2


def test_admin_changes_and_revokes_but_does_not_delete(client: Client) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    text = made(origins=[SHOP])
    key = ApiKey.objects.get()
    change = reverse("admin:api_keys_apikey_change", args=[key.pk])
    client.post(change, {"name": "New name", "origins": STRANGER, "caller_rate": "", "total_rate": ""})
    assert call(key=text, origin=STRANGER).status_code == 200
    refused = client.post(change, {"name": "New name", "origins": "no origin"})
    assert "such as https://shop.example" in refused.content.decode()
    client.post(reverse("admin:api_keys_apikey_changelist"), {"action": "revoke_keys", "_selected_action": [key.pk]})
    selectors.forget()
    assert call(key=text, origin=STRANGER).status_code == 401
    assert client.get(reverse("admin:api_keys_apikey_delete", args=[key.pk])).status_code == 403
