"""The log of searches and clicks, and the reports from it."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from search_api.analytics import reports, search_log
from search_api.completion import popular_queries
from search_api.contracts import SearchRequest, SearchResponse
from search_api.engine import facets
from search_api.models import PopularQuery, SearchClick, SearchLogEntry, Synonym
from search_api.query.private_text import is_private
from search_api.signals import searches_gathered
from tests.factories import make_product, make_user
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def logged(settings: Settings) -> list[dict[str, Any]]:
    """Rows sent to the log while the test runs."""
    settings.SEARCH_LOG_SAMPLE = 1.0
    search_log.flush()
    rows: list[dict[str, Any]] = []

    def gather(*, rows: list[dict[str, Any]], into: list[dict[str, Any]] = rows, **_: Any) -> None:
        into.extend(rows)

    searches_gathered.connect(gather, weak=False, dispatch_uid="test")
    return rows


@pytest.fixture(autouse=True)
def _disconnect() -> Any:
    yield
    searches_gathered.disconnect(dispatch_uid="test")


def make_searches(q: str, times: int = 1, *, count: int = 3, days_ago: int = 0, **outcome: bool) -> None:
    at = timezone.now() - dt.timedelta(days=days_ago)
    for _ in range(times):
        SearchLogEntry.objects.create(q=q, count=count, took_ms=5, created_at=at, **outcome)


def make_clicks(q: str, times: int) -> None:
    product = make_product()
    SearchClick.objects.bulk_create(SearchClick(q=q, product=product, position=1) for _ in range(times))


def test_search_is_logged_with_its_outcome_and_nothing_else(shop: Shop, logged: list[dict[str, Any]]) -> None:
    shop.sells("Laptop")
    took = shop.search("  LAPTOP ").took_ms
    search_log.flush()
    assert logged == [{"q": "laptop", "count": 1, "relaxed": False, "degraded": False, "took_ms": took}]
    assert search_log.save_searches(logged) == SearchLogEntry.objects.filter(q="laptop").count() == 1


def test_query_that_gets_longer_when_normalised_does_not_break_its_batch(
    shop: Shop, logged: list[dict[str, Any]]
) -> None:
    shop.sells("Laptop")
    shop.search("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 20)  # 18 letters each
    shop.search("laptop")
    search_log.flush()
    assert search_log.save_searches(logged) == 2
    assert [len(entry.q) for entry in SearchLogEntry.objects.order_by("pk")] == [200, 6]


def test_further_pages_and_empty_searches_are_not_logged(shop: Shop, logged: list[dict[str, Any]]) -> None:
    shop.sells("Laptop")
    shop.search("")
    shop.search("laptop", page=2)
    shop.search("laptop", cursor="")
    search_log.flush()
    assert logged == []


@pytest.mark.unit
@pytest.mark.parametrize(
    ("typed", "private"),
    [
        ("4111111111111111", True),
        ("card 4111-1111-1111-1111 12/27", True),
        ("\uff14111 1111 1111 1111", True),
        ("3782 822463 10005", True),
        ("4111 1111 1111 1112", False),  # a wrong check digit
        ("4006381333931", False),
        ("04006381333931", False),
        ("1 2 3 4 5 6 7 8 9 10 11 12", False),
    ],
)
def test_number_of_a_payment_card_is_private(typed: str, *, private: bool) -> None:
    assert is_private(typed) == private


def test_only_the_sample_is_logged(shop: Shop, logged: list[dict[str, Any]], settings: Settings) -> None:
    settings.SEARCH_LOG_SAMPLE = 0.0
    shop.search("laptop")
    search_log.flush()
    assert logged == []


@pytest.mark.usefixtures("logged")
def test_searches_in_quick_succession_go_in_one_batch() -> None:
    batches: list[int] = []
    searches_gathered.connect(lambda rows, **_: batches.append(len(rows)), weak=False, dispatch_uid="batches")
    outcome = SearchResponse(count=0, results=[], facets=facets.none(SearchRequest()))
    for _ in range(search_log.BATCH - 1):
        search_log._buffer.flushed_at = float("inf")  # noqa: SLF001 - time stands still
        search_log.record(SearchRequest(q="laptop"), outcome)
    assert batches == []
    search_log.record(SearchRequest(q="laptop"), outcome)
    assert batches == [search_log.BATCH]
    searches_gathered.disconnect(dispatch_uid="batches")


def test_click_is_accepted_and_stored(api: APIClient) -> None:
    product = make_product()
    response = api.post("/search/clicks/", {"q": "Laptop", "product_id": product.pk, "position": 2}, format="json")
    assert (response.status_code, response.content) == (202, b"")
    search_log.save_click("laptop", product.pk, 2)
    assert [(click.q, click.product_id, click.position) for click in SearchClick.objects.all()] == [
        ("laptop", product.pk, 2)
    ]


def test_click_on_a_deleted_product_is_dropped() -> None:
    search_log.save_click("laptop", 987_654, 1)
    assert not SearchClick.objects.exists()


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, ["position", "product_id", "q"]),
        ({"q": "x" * 201, "product_id": "one", "position": 0}, ["position", "product_id", "q"]),
        ([], ["body"]),
    ],
)
def test_bad_click_is_refused(api: APIClient, sent: Any, fields: list[str]) -> None:
    response = api.post("/search/clicks/", sent, format="json")
    assert (response.status_code, sorted(error["field"] for error in response.json()["errors"])) == (400, fields)


def test_old_rows_are_purged(settings: Settings) -> None:
    settings.SEARCH_LOG_DAYS = 30
    make_searches("old", days_ago=31)
    make_searches("young", days_ago=29)
    assert search_log.purge() == 1
    assert [entry.q for entry in SearchLogEntry.objects.all()] == ["young"]


def test_popular_queries_are_frequent_and_found_hits_without_relaxation() -> None:
    make_searches("laptop", 7)
    make_searches("printer", 5)
    make_searches("rare", 4)
    make_searches("nothing", 9, count=0)
    make_searches("changed", 9, relaxed=True)
    make_searches("last year", 9, days_ago=300)
    assert popular_queries.refresh() == 2
    assert [(one.q, one.searches) for one in PopularQuery.objects.all()] == [("laptop", 7), ("printer", 5)]
    popular_queries.cached.forget()
    assert (popular_queries.starting_with("LAP"), popular_queries.starting_with("laptop")) == (["laptop"], [])
    popular_queries.cached.forget()


def test_reports_list_popular_queries_and_those_that_found_nothing() -> None:
    make_searches("laptop", 10)
    make_searches("unicorn", 2, count=0)
    make_searches("sometimes", 1, count=0)
    make_searches("sometimes", 1)
    make_searches("old", 3, count=0, days_ago=20)
    SearchClick.objects.create(q="laptop", product=make_product(), position=1)
    assert [(row.q, row.searches, row.clicks) for row in reports.popular(7)] == [
        ("laptop", 10, 1),
        ("sometimes", 2, 0),
        ("unicorn", 2, 0),
    ]
    assert [row.q for row in reports.without_results(7)] == ["unicorn"]
    assert [row.q for row in reports.without_results(30)] == ["old", "unicorn"]


def test_report_of_rarely_clicked_queries_goes_by_clicks_per_search() -> None:
    make_searches("opened", 10)
    make_clicks("opened", 1)
    make_searches("seldom opened, much searched", 40)
    make_clicks("seldom opened, much searched", 3)
    make_searches("more seldom", 20)
    make_clicks("more seldom", 1)
    make_searches("ignored", 10)
    make_searches("ignored by more", 11)
    make_searches("too few to tell", 9)
    make_searches("nothing to open", 10, count=0)
    assert [(row.q, row.searches, row.clicks, row.click_rate) for row in reports.low_click(7)] == [
        ("ignored by more", 11, 0, 0.0),
        ("ignored", 10, 0, 0.0),
        ("more seldom", 20, 1, 0.05),
        ("seldom opened, much searched", 40, 3, 0.075),
    ]


def test_clicks_per_search_count_degraded_searches_too() -> None:
    """A click does not say which search it belongs to, so the rate must count all searches."""
    make_searches("laptop", 6, count=4)
    make_searches("laptop", 4, count=400, degraded=True)
    make_searches("only then", 20, degraded=True)
    make_clicks("laptop", 5)
    assert [(row.q, row.searches, row.hits, row.click_rate) for row in reports.popular(7)] == [("laptop", 10, 4.0, 0.5)]


def test_query_that_only_degraded_searches_found_is_reported_as_nothing_found() -> None:
    make_searches("unicorn", 2, count=0)
    make_searches("unicorn", 1, count=3, degraded=True)
    assert [(row.q, row.searches) for row in reports.without_results(7)] == [("unicorn", 3)]


def test_query_whose_searches_all_had_to_be_relaxed_is_not_one_that_found_nothing() -> None:
    make_searches("sofa", 3, count=4000, relaxed=True)
    make_searches("couch", 2, count=4000, relaxed=True)
    make_searches("couch", 1, count=7)
    make_searches("unicorn", 1, count=0)
    assert [row.q for row in reports.without_results(7)] == ["unicorn"]
    assert [(row.q, row.hits) for row in reports.only_relaxed(7)] == [("sofa", 4000.0)]


def test_reports_are_in_the_admin(client: Client) -> None:
    make_searches("<b>laptop</b>", 16)
    make_clicks("<b>laptop</b>", 1)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    for url in ("", "?days=30", "?days=drop"):
        page = client.get(f"/admin/search_api/searchlogentry/reports/{url}")
        assert page.status_code == 200
        rows = re.findall(r"<tr>\s*(<td dir=.*?)</tr>", page.content.decode(), re.DOTALL)
        shown = [re.findall(r"<td[^>]*>(.*?)</td>", row)[:5] for row in rows]
        assert shown == [["&lt;b&gt;laptop&lt;/b&gt;", "16", "3", "1", "0.06"]] * 2  # popular, and rarely clicked
    assert client.get("/admin/search_api/searchlogentry/").status_code == 200


def test_long_query_does_not_widen_the_reports(client: Client) -> None:
    make_searches("x" * 200)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    page = client.get("/admin/search_api/searchlogentry/reports/").content.decode()
    assert f'<td dir="auto" title="{"x" * 200}">{"x" * 79}…</td>' in page


def test_reports_need_permission(client: Client) -> None:
    client.force_login(make_user(is_staff=True))
    assert client.get("/admin/search_api/searchlogentry/reports/").status_code == 403


def test_synonyms_are_edited_in_the_admin(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    refused = client.post("/admin/search_api/synonym/add/", {"rule": "alone", "active": "on"})
    assert "A rule is" in refused.content.decode()
    client.post("/admin/search_api/synonym/add/", {"rule": "sofa, couch", "active": "on"})
    assert Synonym.objects.filter(rule="sofa, couch").exists()
