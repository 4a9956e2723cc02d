"""Facets of attributes: which are shown, what they hold, and how parameters select their values."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from opensearchpy import helpers
from rest_framework.test import APIClient

from indexing.documents import build_documents
from products.attribute_values import AttributeType
from products.models import Attribute
from search_api import selectors
from search_api.contracts import AttributeFacet, AttributeFilter, SearchResponse
from search_api.engine import attribute_choice, attribute_facets, client
from tests.factories import make_attribute, make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

URL = "/search/products/"


@pytest.fixture
def laptops(shop: Shop) -> Shop:
    """Twelve laptops and a bag."""
    make_attribute("colour")
    make_attribute("memory", "number", unit="GB")
    make_attribute("weight", "number", unit="g")
    make_attribute("wifi", "boolean")
    make_attribute("serial")
    make_attribute("type")
    make_attribute("internal", filterable=False)
    for number in range(12):
        colour = ("Silver", "SILVER", "Silver ", "Black")[number % 4]
        values = {
            "colour": colour,
            "memory": (4, 8, 16)[number % 3],
            "weight": 1000 + 37 * number,
            "wifi": number % 2 == 0,
            "serial": f"S{number}",
            "type": "Notebook",
            "internal": f"{number % 2}",
        }
        make_product(f"Laptop {number}", attributes=values)
    make_product("Laptop bag", attributes={"colour": "Black", "type": "Bag"})
    shop.refresh()
    return shop


def facet(response: SearchResponse | dict[str, Any], code: str) -> AttributeFacet:
    facets = response["facets"] if isinstance(response, dict) else response.facets
    found: AttributeFacet = next(each for each in facets["attributes"] if each["code"] == code)
    return found


def counts(found: AttributeFacet) -> dict[str, int]:
    return {value["value"]: value["count"] for value in found["values"]}


def test_attributes_that_split_the_hits_come_first_and_useless_ones_do_not_come(laptops: Shop) -> None:
    facets = laptops.search("laptop").facets
    codes = [found["code"] for found in facets["attributes"]]
    assert codes[:2] == ["memory", "colour"]
    assert codes.index("wifi") < codes.index("type")  # 'Bag' and 'Notebook' split one hit off
    assert "internal" not in codes
    assert "type" not in [found["code"] for found in laptops.search('"laptop 3"').facets["attributes"]]


def test_facet_of_each_type(laptops: Shop) -> None:
    response = laptops.search("laptop")
    assert facet(response, "colour") == {
        "code": "colour",
        "label": "Colour",
        "type": "text",
        "unit": "",
        "values": [
            {"value": "Silver", "count": 9, "selected": False},
            {"value": "Black", "count": 4, "selected": False},
        ],
        "ranges": [],
        "min": None,
        "max": None,
    }
    memory = facet(response, "memory")
    assert (memory["unit"], memory["min"], memory["max"]) == ("GB", 4, 16)
    assert counts(memory) == {"4": 4, "8": 4, "16": 4}
    weight = facet(response, "weight")
    assert (weight["min"], weight["max"]) == (1000, 1407)
    assert sum(step["count"] for step in weight["ranges"]) == 12
    assert all(step["from"] is None or step["from"] % 10 == 0 for step in weight["ranges"])
    assert facet(response, "wifi")["values"] == [{"value": "true", "count": 6, "selected": False}]


def test_values_of_one_attribute_are_alternatives_and_attributes_are_conditions(laptops: Shop, api: APIClient) -> None:
    del laptops
    found = api.get(URL, {"q": "laptop", "attr.colour": ["black", " BLACK"], "attr.memory": ["4 GB", "8.0"]}).json()
    assert found["count"] == 2
    assert counts(facet(found, "colour")) == {"Silver": 6, "Black": 2}
    assert [value["selected"] for value in facet(found, "colour")["values"]] == [False, True]
    assert counts(facet(found, "memory")) == {"4": 1, "8": 1, "16": 1}


def test_bounds_are_inclusive_and_a_range_shows_its_count(laptops: Shop, api: APIClient) -> None:
    found = api.get(URL, {"q": "laptop", "attr.memory_min": "8 GB", "attr.memory_max": "16"}).json()
    assert found["count"] == 8
    for step in facet(laptops.search("laptop"), "weight")["ranges"]:
        bounds = {"q": "laptop", "attr.weight_min": str(step["from"] or ""), "attr.weight_max": str(step["to"] or "")}
        chosen = api.get(URL, bounds).json()
        assert chosen["count"] == step["count"]
        assert [one for one in facet(chosen, "weight")["ranges"] if one["selected"]] == [{**step, "selected": True}]


def test_switch_that_is_off_is_counted_too(laptops: Shop, api: APIClient) -> None:
    del laptops
    found = api.get(URL, {"q": "laptop", "attr.wifi": "no"}).json()
    assert found["count"] == 6
    assert facet(found, "wifi")["values"] == [
        {"value": "true", "count": 6, "selected": False},
        {"value": "false", "count": 6, "selected": True},
    ]


def test_selected_value_stays_visible_without_hits_and_beyond_the_limit(laptops: Shop, api: APIClient) -> None:
    del laptops
    parameters = {"q": "laptop", "facet_limit": "1", "attr.colour": ["Black", "Pink"], "attr.serial": ["s7"]}
    found = api.get(URL, parameters).json()
    assert found["count"] == 1
    assert counts(facet(found, "colour")) == {"Black": 1, "Pink": 0}
    assert counts(facet(found, "serial")) == {"S11": 1, "S7": 1}


def test_search_in_a_facet_ignores_case_and_accents(laptops: Shop, api: APIClient) -> None:
    make_attribute("maker")
    for maker in ("RØDE", "Röhm", "Rodeo Drive", "Acme"):
        make_product(f"Laptop of {maker}", attributes={"maker": maker}, brand=maker)
    laptops.refresh()
    found = api.get(URL, {"q": "laptop", "attr.maker_search": "rode", "brand_search": "rode"}).json()
    assert counts(facet(found, "maker")) == {"RØDE": 1, "Rodeo Drive": 1}
    assert [value["value"] for value in found["facets"]["brand"]] == ["Rodeo Drive", "RØDE"]
    assert found["count"] == 17


def test_other_attributes_are_named_and_come_when_asked_for(
    laptops: Shop, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    del laptops
    monkeypatch.setattr(attribute_facets, "MOST_FACETS", 1)
    facets = api.get(URL, {"q": "laptop"}).json()["facets"]
    assert [found["code"] for found in facets["attributes"]] == ["memory"]
    assert {"code": "colour", "label": "Colour"} in facets["more_attributes"]
    asked = api.get(URL, {"q": "laptop", "attribute_facet": ["serial", "colour"]}).json()["facets"]
    assert [found["code"] for found in asked["attributes"]] == ["serial", "colour", "memory"]


def test_attribute_that_offers_the_same_choice_makes_room_for_another(
    laptops: Shop, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One product differs. Equal numbers and switches say different things, as do equal texts of other products."""
    for number in range(40):
        colour = ("Red", "Green", "Blue")[number % 3]
        values = {"finish": colour, "product_finish": "Red" if number == 1 else colour, "ports": 1 + number % 4 // 3}
        values |= {"slots": values["ports"], "lit": number % 5 == 0, "foldable": number % 5 == 0}
        make_product(f"Lamp {number}", attributes={**values, **({"lid": colour} if number < 20 else {})})
    for code in ("finish", "product_finish", "lid"):
        make_attribute(code)
    for code in ("ports", "slots"):
        make_attribute(code, "number")
    for code in ("lit", "foldable"):
        make_attribute(code, "boolean")
    laptops.refresh()
    monkeypatch.setattr(attribute_facets, "MOST_FACETS", 6)
    facets = api.get(URL, {"q": "lamp"}).json()["facets"]
    shown = {found["code"] for found in facets["attributes"]}
    assert len(shown & {"finish", "product_finish"}) == 1
    assert shown > {"lid", "ports", "slots", "lit", "foldable"}
    assert {found["code"] for found in facets["more_attributes"]} == {"finish", "product_finish"} - shown


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The requests that searches send to the engine: those for counts, and not those for hits beside them."""
    sent: list[dict[str, Any]] = []
    search, multi_search = client.search, client.multi_search

    def recorded(body: dict[str, Any]) -> dict[str, Any]:
        sent.append(body)
        return search(body)

    def several(bodies: list[dict[str, Any]], **options: Any) -> list[dict[str, Any]]:
        sent.extend(body for body in bodies if "aggs" in body)
        return multi_search(bodies, **options)

    monkeypatch.setattr(client, "search", recorded)
    monkeypatch.setattr(client, "multi_search", several)
    return sent


def test_values_that_one_aggregation_cuts_off_are_counted(
    laptops: Shop, bodies: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = laptops.search("laptop").facets["attributes"]
    monkeypatch.setattr(attribute_facets, "COUNTED", 5)
    bodies.clear()
    assert laptops.search("laptop", page_size=5).facets["attributes"] == whole
    assert len(bodies) == 2


def test_new_search_with_few_hits_counts_once_more(
    laptops: Shop, bodies: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = laptops.search("laptop").facets["attributes"]
    assert len(bodies) == 2 + 1  # with one for spellings
    monkeypatch.setattr(attribute_choice, "FEW", 5)
    bodies.clear()
    many = laptops.search("laptops").facets["attributes"]
    assert len(bodies) == 3
    assert {found["code"]: found for found in many}.items() <= {found["code"]: found for found in few}.items()


def test_attributes_are_chosen_once_and_counted_each_time(laptops: Shop, bodies: list[dict[str, Any]]) -> None:
    first = laptops.search("laptop").facets
    bodies.clear()
    assert laptops.search("laptop", page_size=5).facets == first
    assert len(bodies) == 1
    attributes = {"colour": "Pink", "memory": 64, "new": "yes"}
    make_attribute("new")
    bulk = make_product("Laptop 12", attributes=attributes)
    helpers.bulk(
        laptops.client,
        ({"_index": laptops.index, "_id": one["id"], **one} for one in build_documents([bulk.pk])),
        refresh=True,
    )
    now = laptops.search("laptop", page_size=6)
    assert [found["code"] for found in now.facets["attributes"]] == [found["code"] for found in first["attributes"]]
    assert counts(facet(now, "memory")) == {"4": 4, "8": 4, "16": 4, "64": 1}
    assert counts(facet(now, "colour")) == {"Silver": 9, "Black": 4, "Pink": 1}


def test_other_filters_choose_other_attributes(laptops: Shop) -> None:
    assert "memory" in {found["code"] for found in laptops.search("laptop").facets["attributes"]}
    only_4 = (AttributeFilter(code="memory", type=AttributeType.NUMBER, values=("4",)),)
    found = laptops.search("laptop", attributes=only_4).facets
    assert next(each["code"] for each in found["attributes"]) == "memory"
    assert "type" not in [each["code"] for each in found["attributes"]]  # they are all notebooks


def test_shop_without_attributes_counts_none(shop: Shop, bodies: list[dict[str, Any]]) -> None:
    shop.sells("Laptop")
    shop.search("laptop")
    bodies.clear()
    assert shop.search("laptop", page_size=5).facets["attributes"] == []
    assert ["attribute_facets" in str(body) for body in bodies] == [False]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("attr.nothing", "1"),
        ("attr.nothing_min", "1"),
        ("attr.internal", "1"),
        ("attr.memory", "lots"),
        ("attr.memory", "8 kg"),
        ("attr.memory_min", "NaN"),
        ("attr.memory_max", "1e999"),
        ("attr.colour_min", "1"),
        ("attr.wifi", "maybe"),
        ("attr.colour", "x" * 501),
        ("attr.colour_search", "x" * 51),
        ("attribute_facet", "nothing"),
        ("attr.", "1"),
        ("attr.\0", "1"),
        ("attr.\0_min", "1"),
        ("facet_limit", "0"),
    ],
)
def test_what_cannot_filter_is_refused_by_name(laptops: Shop, api: APIClient, parameter: str, value: str) -> None:
    del laptops
    response = api.get(URL, {parameter: value})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [parameter]


def test_bounds_in_the_wrong_order_and_doubled_ones_are_refused(laptops: Shop, api: APIClient) -> None:
    del laptops
    for parameters in ({"attr.memory_min": "9", "attr.memory_max": "8"}, {"attr.memory_min": ["1", "2"]}):
        response = api.get(URL, parameters)
        assert [error["field"] for error in response.json()["errors"]] == ["attr.memory_min"]


def test_code_may_end_like_a_bound(laptops: Shop, api: APIClient) -> None:
    make_attribute("memory_max", "number")
    make_product("Laptop board", attributes={"memory_max": 64})
    laptops.refresh()
    assert api.get(URL, {"q": "laptop", "attr.memory_max": "64"}).json()["count"] == 1
    assert api.get(URL, {"q": "laptop", "attr.memory_max_max": "64"}).json()["count"] == 1


def test_empty_values_are_none(laptops: Shop, api: APIClient) -> None:
    del laptops
    assert api.get(f"{URL}?q=laptop&attr.memory=&attr.memory_min=&attr.colour_search=").json()["count"] == 13
    invisible = "%E2%80%8B"
    assert api.get(f"{URL}?q=laptop&attr.memory_min={invisible}&attr.memory={invisible}").json()["count"] == 13


def test_search_goes_on_while_the_index_has_texts_of_an_attribute_that_is_a_number_now(shop: Shop) -> None:
    size = make_attribute("size")
    make_product("Ring", attributes={"size": "ace"})
    make_product("Ring", attributes={"size": "8"})
    shop.refresh()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE products_attribute SET type = 'number' WHERE id = %s", [size.pk])
    selectors.attributes.forget()
    response = shop.search("ring", attribute_facets=("size",))
    assert (response.count, response.degraded, counts(facet(response, "size"))) == (2, False, {})


def test_many_attributes_with_long_codes_are_counted(shop: Shop) -> None:
    codes = [f"{'a' * 80}_{number}" for number in range(20)]
    for code in codes:
        make_attribute(code)
    make_product("Ring", attributes=dict.fromkeys(codes, "8"))
    shop.refresh()
    response = shop.search("ring", attribute_facets=tuple(codes))
    assert not response.degraded
    assert [counts(facet(response, code)) for code in codes] == [{"8": 1}] * 20


def test_attribute_filter_that_leaves_nothing_is_dropped_and_reported_by_its_label(
    laptops: Shop, api: APIClient
) -> None:
    del laptops
    found = api.get(URL, {"q": "laptop", "attr.colour": "Pink"}).json()
    assert found["count"] == 13
    assert found["relaxed"][0]["dropped"] == ["attr.colour"]
    assert found["relaxed"][0]["message"] == "Nothing fits every filter. Showing results without: Colour."


def test_brands_and_categories_in_any_spelling_are_one_value(shop: Shop, api: APIClient) -> None:
    for number, brand in enumerate(("Kestrel", "KESTREL", "Kestrel", "kestrel ")):
        make_product(
            f"Lamp {number}", brand=brand, category=("Home", "HOME > Lamps", "Home > lamps", "Home > Lamps")[number]
        )
    shop.refresh()
    found = api.get(URL, {"q": "lamp"}).json()
    assert [(value["value"], value["count"]) for value in found["facets"]["brand"]] == [("Kestrel", 4)]
    paths = {value["value"].casefold(): value["count"] for value in found["facets"]["category"]}
    assert paths == {"home": 4, "home > lamps": 3}
    suggested = api.get("/search/suggest/", {"q": "kestrel"}).json()["suggestions"]
    assert [(one["text"], one["type"]) for one in suggested if one["type"] == "brand"] == [("Kestrel", "brand")]
    for chosen in ({"brand": "KeStReL"}, {"category": "home"}):
        assert api.get(URL, {"q": "lamp", **chosen}).json()["count"] == 4


def test_edited_label_is_shown_and_a_hidden_attribute_is_no_facet(laptops: Shop) -> None:
    Attribute.objects.filter(code="colour").update(label="Finish")
    Attribute.objects.filter(code="memory").update(filterable=False)
    laptops.refresh()
    from search_api import selectors  # noqa: PLC0415

    selectors.attributes.forget()
    response = laptops.search("laptop")
    assert facet(response, "colour")["label"] == "Finish"
    assert "memory" not in [found["code"] for found in response.facets["attributes"]]


def test_price_ranges_fit_the_hits(shop: Shop) -> None:
    for number in range(100):
        make_product(f"Screw {number}", price=str(Decimal(number + 1) / 100))
    shop.refresh()
    price = shop.search("screw").facets["price"]
    assert (price["min"], price["max"]) == ("0.01", "1.00")
    steps = price["ranges"]
    assert [step["from"] for step in steps[:3]] == [None, "0.20", "0.40"]
    assert [step["to"] for step in steps[:3]] == ["0.19", "0.39", "0.49"]
    assert all((step["from"] or "0.0").endswith("0") for step in steps)
    assert (len(steps), sum(step["count"] for step in steps)) == (6, 100)
