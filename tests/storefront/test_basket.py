"""The basket: stored in the session, changed by line, with today's prices."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_product, make_stock, make_store, make_user
from tests.storefront.pages import text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def put_in(client: Client, product_id: int, quantity: int = 1) -> None:
    client.post("/basket/add/", {"product_id": product_id, "quantity": quantity})


def lines_of(client: Client) -> list[tuple[str, int]]:
    content = client.get("/basket/").context["content"]
    return [(line.product.name, line.quantity) for line in content.lines]


def test_adding_twice_adds_up(client: Client) -> None:
    kettle = make_product("Kettle", price="19.90")
    put_in(client, kettle.pk, 1)
    put_in(client, kettle.pk, 2)
    assert lines_of(client) == [("Kettle", 3)]
    assert "$59.70" in text_of(client.get("/basket/"))


def test_quantity_can_be_changed_and_zero_removes_the_line(client: Client) -> None:
    kettle, lamp = make_product("Kettle"), make_product("Lamp")
    put_in(client, kettle.pk)
    put_in(client, lamp.pk)
    client.post("/basket/update/", {"product_id": kettle.pk, "quantity": 4})
    assert lines_of(client) == [("Kettle", 4), ("Lamp", 1)]
    client.post("/basket/update/", {"product_id": kettle.pk, "quantity": 0})
    assert lines_of(client) == [("Lamp", 1)]


def test_htmx_gets_the_changes_or_the_whole_basket_when_its_lines_are_not_those_of_the_page(client: Client) -> None:
    kettle, lamp = make_product("Kettle"), make_product("Lamp")
    put_in(client, kettle.pk)
    put_in(client, lamp.pk)

    def change(shown: list[int], quantity: object) -> HttpResponse:
        fields = {"product_id": kettle.pk, "quantity": quantity, "shown": shown}
        return client.post("/basket/update/", fields, headers={"HX-Request": "true"})  # type: ignore[return-value]

    for shown, quantity, whole in (
        ([kettle.pk, lamp.pk], 2, False),
        ([kettle.pk, lamp.pk], "two", True),
        ([kettle.pk], 2, True),
        ([kettle.pk, lamp.pk], 0, False),
        ([lamp.pk], 0, False),
    ):
        answer = change(shown, quantity)
        assert ("In your basket" in answer.content.decode()) is whole
        assert answer.get("HX-Reswap") == ("innerHTML" if whole else None)
        assert ("delete" in answer.content.decode()) is (quantity == 0 and kettle.pk in shown)


def test_basket_survives_signing_in(client: Client) -> None:
    make_user("ann")
    put_in(client, make_product("Kettle").pk, 2)
    client.post("/sign-in/", {"username": "ann", "password": "password"})
    assert client.get("/basket/").context["user"].username == "ann"
    assert lines_of(client) == [("Kettle", 2)]


@pytest.mark.parametrize("quantity", ["", "-1", "1000", "two", "1.5"])
def test_invalid_quantity_changes_nothing(client: Client, quantity: str) -> None:
    kettle = make_product("Kettle")
    put_in(client, kettle.pk, 2)
    page = client.post("/basket/update/", {"product_id": kettle.pk, "quantity": quantity}, follow=True)
    assert "The quantity was not changed." in text_of(page)
    assert lines_of(client) == [("Kettle", 2)]


def test_product_that_is_not_sold_cannot_be_added(client: Client) -> None:
    hidden = make_product("Hidden", active=False)
    assert client.post("/basket/add/", {"product_id": hidden.pk, "quantity": 1}).status_code == 404


def test_basket_has_at_most_as_many_lines_as_an_order(client: Client) -> None:
    products = [make_product(f"Thing {number}").pk for number in range(101)]
    put_in(client, products[0])
    session = client.session
    session["basket"] |= {"lines": {str(product_id): 1 for product_id in products[:100]}}
    session.save()
    put_in(client, products[100])
    page = client.get("/basket/")
    assert len(lines_of(client)) == 100
    assert "at most 100 different products" in text_of(page)


def test_shows_shortages_at_the_store_and_reduces_the_basket_to_its_stock(client: Client) -> None:
    store, kettle, lamp, desk = make_store(), make_product("Kettle"), make_product("Lamp"), make_product("Desk")
    make_stock(store, kettle, 2)
    make_stock(store, desk, 9)
    for product in (kettle, lamp, desk):
        put_in(client, product.pk, 3)
    client.post("/store/choose/", {"store_id": store.pk})
    page = text_of(client.get("/basket/"))
    assert "Only 2 at this store" in page
    assert "Not at this store" in page
    client.post("/basket/fit/")
    assert lines_of(client) == [("Kettle", 2), ("Desk", 3)]


def test_deleted_product_has_no_line(client: Client) -> None:
    kettle, lamp = make_product("Kettle"), make_product("Lamp")
    put_in(client, kettle.pk)
    put_in(client, lamp.pk)
    kettle.delete()
    assert lines_of(client) == [("Lamp", 1)]


def test_adding_with_htmx_returns_the_count_and_a_message(client: Client) -> None:
    kettle = make_product("<b>Kettle</b>")
    answer = client.post(
        "/basket/add/", {"product_id": kettle.pk, "quantity": 2}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'class="count">2<' in answer
    assert "&lt;b&gt;Kettle&lt;/b&gt; is in your basket." in answer


def test_adding_redirects_only_to_pages_of_this_site(client: Client) -> None:
    form = {"product_id": make_product().pk, "quantity": 1}
    assert client.post("/basket/add/", form | {"next": "/search/?q=x"})["Location"] == "/search/?q=x"
    assert client.post("/basket/add/", form | {"next": "https://evil.example/"})["Location"] == "/basket/"


def test_every_change_writes_the_session_once_and_renews_its_cookie(client: Client) -> None:
    kettle = make_product("Kettle")
    put_in(client, kettle.pk)
    with CaptureQueriesContext(connection) as statements:
        answer = client.post("/basket/update/", {"product_id": kettle.pk, "quantity": 2})
    assert [each["sql"].split()[0] for each in statements if "django_session" in each["sql"]] == [
        "SELECT",
        "SELECT",
        "UPDATE",
    ]
    assert answer.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE


def test_changing_a_product_that_is_not_in_the_basket_creates_no_session(client: Client) -> None:
    client.post("/basket/update/", {"product_id": make_product("Kettle").pk, "quantity": 2})
    assert "sessionid" not in client.cookies
    assert not Session.objects.exists()


@pytest.mark.parametrize("lines", [1, 3])
def test_number_of_statements_does_not_depend_on_the_number_of_lines(client: Client, lines: int) -> None:
    store = make_store()
    client.post("/store/choose/", {"store_id": store.pk})
    for number in range(lines):
        product = make_product(f"Thing {number}", category="Things")
        make_stock(store, product, 5)
        put_in(client, product.pk)
    client.get("/basket/")
    with CaptureQueriesContext(connection) as statements:
        client.get("/basket/")
    assert len(statements) == 3, [each["sql"] for each in statements]
