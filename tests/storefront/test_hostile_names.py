"""Markup in names is escaped on every page."""

import pytest
from django.test import Client

from orders.services import Line, place_order
from tests.factories import make_product, make_staff, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.service, pytest.mark.django_db]

NAME = """Kettle <img src=x onerror="alert(1)"> </mark></script><script>alert('2')</script> {{ 7|add:7 }} &amp;"""
RAW = ("<img src=x", "<script>alert", "</mark></script>")


def test_markup_in_names_stays_text(shop: Shop, client: Client) -> None:
    store = make_store(NAME[:100], city=NAME[:90])
    kettle = make_product(
        NAME, brand=NAME[:80], category="Kitchen", description=NAME, attributes={NAME[:40]: NAME}, sku="K-1"
    )
    make_stock(store, kettle, 3)
    shop.refresh()
    client.force_login(make_staff(store, "stan"))
    client.post("/store/choose/", {"store_id": store.pk})
    client.post("/basket/add/", {"product_id": kettle.pk, "quantity": 1, "next": "/"})
    order = place_order(store_id=store.pk, lines=[Line(kettle.pk, 1)])
    for address in (
        "/",
        "/search/?q=kettle",
        "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E&category=%3Cimg src=x%3E&brand=%22%3E%3Cscript%3Ealert(1)",
        f"/product/{kettle.pk}/",
        "/store/",
        "/basket/",
        f"/order/{order.id}/",
        "/account/",
        f"/staff/{store.pk}/orders/",
        f"/staff/{store.pk}/inventory/",
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        for raw in RAW:
            assert raw not in page.content.decode(), address


def test_match_inside_escaped_markup_is_highlighted(shop: Shop, client: Client) -> None:
    make_product("<b>Kettle</b> & more")
    shop.refresh()
    page = client.get("/search/?q=kettle").content.decode()
    assert "&lt;b&gt;<mark>Kettle</mark>&lt;/b&gt; &amp; more" in page
