"""Filters by attribute on the results page: options, ranges, chips and the URL."""

from typing import Any

import pytest
from django.test import Client

from products.models import Attribute
from storefront.page_parts import Facet
from tests.factories import make_product
from tests.search_api.conftest import Shop
from tests.storefront.pages import names_on, text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


@pytest.fixture
def lamps(shop: Shop) -> Shop:
    for code, label, kind, unit in (
        ("power", "Power", "number", "W"),
        ("colour", "Colour", "text", ""),
        ("dimmable", "Dimmable", "boolean", ""),
        ("length_min", "Shortest length", "number", "cm"),
    ):
        Attribute.objects.create(code=code, label=label, type=kind, unit=unit)
    for number in range(4):
        values = {"power": 8 * (number % 2 + 1), "colour": ("Red", "Blue")[number // 2], "dimmable": number == 0}
        make_product(f"Lamp {number}", price="10.00", attributes={**values, "length_min": 50 + number})
    shop.refresh()
    return shop


def facets(page: Any) -> dict[str, Facet]:
    return {facet.title: facet for facet in page.context["facets"]}


def options(page: Any, title: str) -> dict[str, tuple[int | None, bool, str]]:
    facet = facets(page)[title]
    return {each.label: (each.count, each.selected, each.url) for each in (*facet.shown, *facet.more)}


def test_each_option_selects_its_value_and_deselects_it_when_selected(lamps: Shop, client: Client) -> None:
    del lamps
    page = client.get("/search/", {"q": "lamp", "attr.colour": "red", "sort": "name"})
    assert names_on(page) == ["Lamp 0", "Lamp 1"]
    start = "/search/?q=lamp"
    assert options(page, "Colour") == {
        "Blue": (2, False, f"{start}&attr.colour=red&attr.colour=Blue&sort=name"),
        "Red": (2, True, f"{start}&sort=name"),
    }
    assert options(page, "Power") == {
        "8\u00a0W": (1, False, f"{start}&attr.colour=red&attr.power=8&sort=name"),
        "16\u00a0W": (1, False, f"{start}&attr.colour=red&attr.power=16&sort=name"),
    }
    assert options(page, "Features") == {
        "Dimmable": (1, False, f"{start}&attr.colour=red&attr.dimmable=true&sort=name"),
    }


def test_every_filter_is_a_chip_that_removes_it(lamps: Shop, client: Client) -> None:
    del lamps
    address = {"attr.power": "8 W", "attr.dimmable": "yes", "attr.length_min_min": "50", "on_sale": "true"}
    page = client.get("/search/", address)
    assert {chip.label: chip.url for chip in page.context["chips"]} == {
        "Dimmable: Yes": "/search/?attr.length_min_min=50&attr.power=8&on_sale=true",
        "Shortest length: 50\u00a0cm and more": "/search/?attr.dimmable=true&attr.power=8&on_sale=true",
        "Power: 8\u00a0W": "/search/?attr.dimmable=true&attr.length_min_min=50&on_sale=true",
        "On sale": "/search/?attr.dimmable=true&attr.length_min_min=50&attr.power=8",
    }


def test_ranges_are_named_by_round_numbers_and_chips_as_the_facets(shop: Shop, client: Client) -> None:
    Attribute.objects.create(code="length", label="Length", type="number", unit="m")
    Attribute.objects.create(code="colour", label="Colour", type="text")
    for number in range(40):
        make_product(f"Cord {number}", attributes={"length": number / 4 + 0.125, "colour": "Dark Red"})
    shop.refresh()
    labels = options(client.get("/search/", {"q": "cord"}), "Length")
    assert all(" to under " in label or label.startswith("Under ") or label.endswith(" and more") for label in labels)
    chosen = next(label for label in labels if " to under " in label)
    page = client.get(f"{labels[chosen][2]}&attr.colour=dark+red")
    assert [chip.label for chip in page.context["chips"]] == ["Colour: Dark Red", f"Length: {chosen}"]


def test_form_of_a_number_keeps_all_other_filters(lamps: Shop, client: Client) -> None:
    del lamps
    page = client.get("/search/", {"attr.power_min": "9", "attr.colour": "Red", "compare": "7"})
    bounds = facets(page)["Power"].bounds
    assert bounds is not None
    assert (bounds.names, bounds.values) == (("attr.power_min", "attr.power_max"), ("9", ""))
    assert names_on(page) == ["Lamp 1"]
    form = page.content.decode().split('aria-labelledby="facet-', 1)[1]
    assert '<input type="hidden" name="attr.colour" value="Red">' in form
    assert '<input type="hidden" name="compare" value="7">' in form


def test_invalid_and_unknown_attributes_are_ignored(lamps: Shop, client: Client) -> None:
    del lamps
    address = {
        "q": "lamp",
        "attr.power": "bright",
        "attr.power_min": "x",
        "attr.nothing": "1",
        "attr.": "1",
        "attr.colour": "\0",
        "attribute_facet": "nothing",
        "compare": "x",
    }
    page = client.get("/search/", address)
    assert len(names_on(page)) == 4
    assert page.context["state"].url == "/search/?q=lamp"


def test_filters_hold_while_the_engine_is_unavailable(lamps: Shop, engine_away: None, client: Client) -> None:
    del lamps, engine_away
    page = client.get("/search/", {"q": "lamp", "attr.colour": "Red", "attr.power_max": "8"})
    assert names_on(page) == ["Lamp 0"]
    assert [chip.label for chip in page.context["chips"]] == ["Colour: Red", "Power: Up to 8\u00a0W"]


def test_hidden_attribute_and_markup_are_not_shown(lamps: Shop, client: Client) -> None:
    Attribute.objects.create(code="secret", label="Secret", type="text", shown=False)
    Attribute.objects.create(code="note", label="<b>Note</b>", type="text")
    product = make_product("Lamp 9", attributes={"secret": "margin", "note": "<script>alert(1)</script>", "power": 8.5})
    lamps.refresh()
    page = client.get(f"/product/{product.pk}/")
    assert "margin" not in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    assert "Power 8.5 W" in text_of(page)
