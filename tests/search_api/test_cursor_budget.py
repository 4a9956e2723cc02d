"""Deep paging has a budget of its own, and what the engine refuses it harms no other search."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from search_api.contracts import SearchRequest
from search_api.engine import client
from search_api.services import search
from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.service, pytest.mark.django_db]

FIRST = "/search/products/?q=laptop&page_size=1&facets=none&cursor="
SOURCE = {"sku": "S", "name": "Laptop", "brand": "", "category_paths": [], "price": "1.00", "in_stock": True}
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def _three_cursors(settings: Settings) -> None:
    settings.SEARCH_CURSORS = 3


@pytest.fixture
def laptops(shop: Shop) -> None:
    shop.sells("Laptop", "Laptop", "Laptop")


def views(shop: Shop) -> int:
    """How many views of this test's index are open."""
    stats = shop.client.indices.stats(index=shop.index, metric="search")
    return int(stats["indices"][shop.index]["total"]["search"]["point_in_time_current"])


def second_page(api: APIClient, address: str = HERE) -> Any:
    return api.get(api.get(FIRST, REMOTE_ADDR=address).json()["next"], REMOTE_ADDR=address)


@pytest.mark.usefixtures("laptops")
def test_first_page_holds_nothing_in_the_engine(shop: Shop, api: APIClient) -> None:
    for _ in range(5):
        assert api.get(FIRST).json()["next"]
    assert views(shop) == 0


@pytest.mark.usefixtures("laptops")
def test_last_page_closes_the_view(shop: Shop, api: APIClient) -> None:
    second = second_page(api).json()
    assert views(shop) == 1
    assert api.get(second["next"]).json()["next"] is None
    assert views(shop) == 0


@pytest.mark.usefixtures("laptops")
def test_last_page_frees_its_place_in_the_budget(api: APIClient) -> None:
    for _ in range(5):
        assert api.get(second_page(api).json()["next"]).json()["next"] is None


@pytest.mark.usefixtures("laptops")
def test_more_cursors_than_the_budget_are_refused(shop: Shop, api: APIClient) -> None:
    answers = [second_page(api) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert (answers[4].json()["title"], answers[4]["Retry-After"]) == ("Too many cursors", "60")
    assert views(shop) == 3
    assert second_page(api, ELSEWHERE).status_code == 200


@pytest.mark.usefixtures("laptops")
def test_open_cursor_reads_on_when_the_budget_is_spent(api: APIClient) -> None:
    opened = [second_page(api) for _ in range(4)]
    assert api.get(opened[0].json()["next"]).status_code == 200


def test_cursor_of_more_pages_has_one_view(shop: Shop, api: APIClient) -> None:
    expected = {make_product("Laptop").pk for _ in range(7)}
    shop.refresh()
    found, url = [], FIRST
    while url:
        page = api.get(url).json()
        found += [hit["id"] for hit in page["results"]]
        url = page["next"]
        assert views(shop) <= 1
    assert (len(found), set(found), views(shop)) == (7, expected, 0)


class _Engine(BaseHTTPRequestHandler):
    """Answers every search, and refuses every view, or answers everything with one status.

    With `has_views`, it opens views, and refuses every search of one.
    """

    status = 0
    has_views = False
    open_views = 0

    def answer(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        of_view = "point_in_time" in self.path
        if of_view and self.has_views:
            type(self).open_views += {"POST": 1, "DELETE": -1}[self.command]
            of_view = False
        refused = self.status or (429 if of_view or b'"pit"' in asked else 0)
        hits = [{"_id": "1", "_source": SOURCE, "sort": [1.0, 1]}]
        found = {"hits": {"total": {"value": 3}, "hits": hits}}
        body = {"error": "full"} if refused else {**found, "responses": [found, found], "pit_id": "view"}
        content = json.dumps(body).encode()
        self.send_response(refused or 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def engine(engine_at: Callable[..., None]) -> Iterator[type[_Engine]]:
    handler = type("Handler", (_Engine,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    engine_at(f"http://127.0.0.1:{server.server_port}")
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("engine")
def test_engine_without_room_refuses_the_cursor_and_no_search(api: APIClient) -> None:
    assert [second_page(api).status_code for _ in range(4)] == [429] * 4
    assert (client.breaker.is_open, api.get(FIRST).json()["degraded"]) == (False, False)


@pytest.mark.usefixtures("engine")
def test_refused_cursor_takes_no_place_in_the_budget(api: APIClient, settings: Settings) -> None:
    settings.SEARCH_CURSORS = 1
    assert [second_page(api).json()["title"] for _ in range(2)] == ["Too many cursors"] * 2


def test_second_page_that_fails_closes_its_view(engine: type[_Engine], api: APIClient, settings: Settings) -> None:
    settings.SEARCH_CURSORS = 1
    engine.has_views = True
    url = api.get(FIRST).json()["next"]
    assert [api.get(url).json()["title"] for _ in range(3)] == ["Bad cursor"] * 3
    assert engine.open_views == 0


@pytest.mark.parametrize(("status", "opens"), [(400, False), (429, False), (500, False), (502, True), (503, True)])
def test_only_an_outage_opens_the_circuit(engine: type[_Engine], status: int, opens: bool) -> None:  # noqa: FBT001
    engine.status = status
    # Without the values that words may name, which are not read again right after they could not be read.
    answers = [search(SearchRequest(q=f"laptop {number}", interpret=False)) for number in range(4)]
    assert ([answer.degraded for answer in answers], client.breaker.is_open) == ([True] * 4, opens)


@pytest.mark.usefixtures("laptops")
def test_old_cursor_frees_no_slot_that_another_view_has_taken(api: APIClient, settings: Settings) -> None:
    settings.SEARCH_CURSORS = 1
    last = second_page(api).json()["next"]
    assert api.get(last, REMOTE_ADDR=HERE).json()["next"] is None
    assert second_page(api).status_code == 200
    assert api.get(last, REMOTE_ADDR=HERE).status_code == 400
    assert second_page(api).status_code == 429
