"""What browsers and proxies may reuse, for how long, and how cheaply they ask again."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from search_api import http_cache
from search_api.models import Synonym
from stores.models import Store
from tests.factories import make_product, make_stock, make_user
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.service, pytest.mark.django_db]

SEARCH, SUGGEST = "/search/products/?q=laptop", "/search/suggest/?q=lap"
BOTH = pytest.mark.parametrize("path", [SEARCH, SUGGEST], ids=["search", "suggest"])
REUSABLE = "public, max-age=10, stale-while-revalidate=30"


@pytest.fixture(autouse=True)
def _as_in_production() -> Iterator[None]:
    with override_settings(SEARCH_MAX_AGE=10):
        yield


@pytest.fixture
def laptops(shop: Shop) -> Shop:
    shop.sells("Laptop", "Laptop bag")
    return shop


@BOTH
@pytest.mark.usefixtures("laptops")
def test_answer_may_be_reused_and_equal_ones_have_one_etag(client: Client, path: str) -> None:
    answers = [client.get(path) for _ in range(2)]
    assert [(each.status_code, each["Cache-Control"]) for each in answers] == [(200, REUSABLE)] * 2
    assert answers[0]["ETag"] == answers[1]["ETag"]
    assert re.fullmatch(r'W/"[0-9a-f]{32}\.\d+"', answers[0]["ETag"])
    assert {name.strip().lower() for name in answers[0]["Vary"].split(",")} == {"accept", "authorization", "origin"}


@BOTH
@pytest.mark.parametrize("accept", ["*/*", "application/json, text/plain, */*"], ids=["shortcut", "by DRF"])
@pytest.mark.usefixtures("laptops")
def test_unchanged_answer_is_304_without_asking_anybody(
    client: Client,
    path: str,
    accept: str,
    django_assert_num_queries: DjangoAssertNumQueries,
    engine_at: Callable[..., None],
) -> None:
    first = client.get(path, headers={"Accept": accept})
    engine_at("http://127.0.0.1:1")
    with django_assert_num_queries(0), override_settings(SEARCH_CACHE_SECONDS=0):  # nor has Redis an answer
        again = client.get(path, headers={"Accept": accept, "If-None-Match": f'"other", {first["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    kept = ("ETag", "Cache-Control", "Vary")
    assert [again[name] for name in kept] == [first[name] for name in kept]
    assert again["X-Request-ID"]


@BOTH
def test_change_of_the_index_ends_an_etag(client: Client, laptops: Shop, path: str) -> None:
    before = client.get(path)
    laptops.sells("Laptop stand")
    after = client.get(path, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, "Laptop stand" in after.content.decode()) == (200, True)
    assert after["ETag"] != before["ETag"]


@pytest.mark.usefixtures("laptops")
def test_edited_synonym_ends_an_etag(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = client.get(SEARCH)
    with django_capture_on_commit_callbacks(execute=True):
        Synonym.objects.create(rule="klapprechner, laptop")
    assert client.get(SEARCH, headers={"If-None-Match": before["ETag"]}).status_code == 200


@pytest.mark.parametrize(("name", "value"), [("CURRENCY", "EUR"), ("SEARCH_LANGUAGE", "de"), ("MEDIA_URL", "/m/")])
@pytest.mark.usefixtures("laptops")
def test_setting_that_shapes_answers_ends_an_etag(client: Client, name: str, value: str) -> None:
    before = client.get(SEARCH)
    with override_settings(**{name: value}):
        assert client.get(SEARCH, headers={"If-None-Match": before["ETag"]}).status_code == 200


@pytest.mark.usefixtures("laptops")
def test_other_code_ends_etags_and_stored_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = client.get(SEARCH)
    monkeypatch.setattr("search_api.release.digest", lambda: "of-another-release")
    after = client.get(SEARCH, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after["ETag"] == before["ETag"]) == (200, False)


@pytest.mark.usefixtures("laptops")
def test_etag_of_another_request_is_none_of_this(client: Client) -> None:
    etag = client.get(SEARCH)["ETag"]
    for path in (f"{SEARCH}&page_size=1", f"{SEARCH}s", SUGGEST):
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.usefixtures("laptops")
def test_etag_is_confirmed_for_minutes_only(client: Client) -> None:
    """Names and corrections follow the index later."""
    digest, made_at = client.get(SEARCH)["ETag"].strip('W/"').split(".")
    older = int(made_at) - http_cache.CONFIRMED_SECONDS + 5, int(made_at) - http_cache.CONFIRMED_SECONDS
    asked = [client.get(SEARCH, headers={"If-None-Match": f'W/"{digest}.{made_at}"'}) for made_at in older]
    assert [answer.status_code for answer in asked] == [304, 200]


@pytest.mark.parametrize("sent", ["", "*", "W/", 'W/"x"', "\0", 'W/"' + "f" * 32 + ".1" * 9, "ü", '"' * 9000])
@pytest.mark.usefixtures("laptops")
def test_nonsense_is_no_etag(client: Client, sent: str) -> None:
    assert client.get(SEARCH, headers={"If-None-Match": sent}).status_code == 200


def test_exact_quantities_are_not_stored(client: Client, laptops: Shop, store: Store) -> None:
    product = make_product("Laptop sleeve")
    make_stock(store, product, 3)
    laptops.refresh()
    answer = client.get(f"{SEARCH}&store_id={store.pk}")
    assert "quantity" in answer.json()["results"][0]
    assert (answer["Cache-Control"], "ETag" in answer) == ("no-store", False)
    suggestions = client.get(f"{SUGGEST}&store_id={store.pk}")
    assert suggestions["Cache-Control"] == REUSABLE  # these have no quantity


@pytest.mark.parametrize("parameters", ["&cursor=", "&q=ada@example.com"], ids=["cursor", "private words"])
@pytest.mark.usefixtures("laptops")
def test_answer_for_one_caller_is_not_stored(client: Client, parameters: str) -> None:
    path = "/search/products/?" + (parameters if "q=" in parameters else f"q=laptop{parameters}").lstrip("&")
    answer = client.get(path)
    assert (answer.status_code, answer["Cache-Control"], "ETag" in answer) == (200, "no-store", False)


@BOTH
@pytest.mark.usefixtures("laptops")
def test_degraded_answer_is_not_stored(client: Client, path: str, engine_at: Callable[..., None]) -> None:
    engine_at("http://127.0.0.1:1")
    answer = client.get(path)
    assert answer.json()["degraded"]
    assert (answer["Cache-Control"], "ETag" in answer) == ("no-store", False)


@BOTH
@pytest.mark.usefixtures("laptops")
def test_nothing_is_stored_without_generations(client: Client, path: str) -> None:
    etag = client.get(path)["ETag"]
    with override_settings(SEARCH_CACHE_SECONDS=0):
        answer = client.get(path)
    assert (answer["Cache-Control"], "ETag" in answer) == ("no-store", False)
    assert etag


@BOTH
@pytest.mark.usefixtures("laptops", "redis_unavailable")
def test_without_redis_answers_are_made_and_not_stored(client: Client, path: str) -> None:
    answer = client.get(path, headers={"If-None-Match": 'W/"' + "f" * 32 + '.1"'})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")


@BOTH
@pytest.mark.usefixtures("laptops")
def test_answer_to_a_named_caller_is_private(client: Client, path: str) -> None:
    etag = client.get(path)["ETag"]
    client.force_login(make_user("ada"))
    answer = client.get(path, headers={"If-None-Match": etag})
    assert (answer.status_code, answer["Cache-Control"], "ETag" in answer) == (200, "private, no-store", False)


@pytest.mark.parametrize("query", ["q=la", "q=lap&nonsense=1"])
def test_error_is_not_reusable(client: Client, query: str) -> None:
    answer = client.get(f"/search/suggest/?{query}")
    assert (answer.status_code, "public" in answer.get("Cache-Control", "")) == (400, False)
    assert "ETag" not in answer


@BOTH
@override_settings(SEARCH_MAX_AGE=0)
@pytest.mark.usefixtures("laptops")
def test_age_of_zero_asks_every_time(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer["Cache-Control"] == "public, max-age=0"
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
