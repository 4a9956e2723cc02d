"""What a product's document holds, and what building documents costs."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from indexing import documents, shown_fields
from indexing.documents import build_documents, mapping
from products.models import Product
from tests.factories import make_attribute, make_category, make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def build_one(product: Product) -> dict[str, Any]:
    [document] = build_documents([product.pk])
    return document


def test_document_holds_what_search_needs() -> None:
    make_attribute("colour")
    make_attribute("yield", "number", unit="pages")
    make_attribute("warranty", "boolean")
    make_attribute("weight", "number", unit="kg", searchable=False)
    product = make_product(
        "Xerox 006R90321 toner cartridge",
        sku="X-392/05",
        brand="Xerox",
        category="Printing > Toner",
        price="49.95",
        description="Toner for CopyCentre",
        attributes={"colour": ["Black", "Grey"], "yield": 6000, "warranty": True, "weight": 1.5},
        list_price="59.00",
        gtins=["00884420588030"],
        images=[{"url": "front.png", "alt": "Front"}, {"url": "back.png", "alt": "Back"}],
        popularity=7,
    )
    Product.objects.filter(pk=product.pk).update(created_at=datetime(2026, 1, 2, tzinfo=UTC))
    make_stock(store := make_store(), product, 3)
    make_stock(make_store(), product, 0)
    document = build_one(product)
    texts = {
        "name_terms": "xerox 006r90321 toner cartridge",
        "name_words": "xerox 006r90321 toner cartridge",
        "name_start": "xerox 006r90321 toner cartridge",
        "whole_name": "xerox 006r90321 toner cartridge",
        "pairs": "xerox006r90321 tonercartridge",
        "kind": "cartridge toner",
        "brand_terms": "xerox",
        "brand_words": "xerox",
        "category_terms": "printing toner",
        "category_words": "printing toner",
        "description_terms": "toner for copycenter",
        "value_terms": "6000 page black gray",
    }
    assert shown_fields.decode([document.pop(shown_fields.FIELD)]) == [
        {
            "id": product.pk,
            "sku": "X-392/05",
            "name": "Xerox 006R90321 toner cartridge",
            "brand": "Xerox",
            "category": "Printing > Toner",
            "price": "49.95",
            "list_price": "59.00",
            "image": {"url": "front.png", "alt": "Front"},
            "in_stock": True,
        }
    ]
    filters = {name: set(document.pop(name).split()) for name in ("terms", "written", "spelling")}
    assert filters == {
        "terms": {*" ".join(texts[name] for name in texts if name.endswith("_terms")).split(), *document["codes"]},
        "written": {"xerox", "006r90321", "toner", "cartridge", "for", "copycentre"},
        "spelling": {"xerox", "toner", "cartridge", "for", "copycentre", "printing"},
    }
    assert document == {
        "id": product.pk,
        "sku": "X-392/05",
        "sku_code": "x39205",
        "codes": ["006r90321", "00884420588030", "0884420588030", "884420588030", "x39205"],
        "name": "Xerox 006R90321 toner cartridge",
        "sort_key": "xerox 0016r00590321 toner cartridge",
        "brand": "Xerox",
        "brand_name": "Xerox",
        "category_paths": ["Printing", "Printing > Toner"],
        "attribute_terms": [
            "yield=c0b7700000000000",
            "colour=black",
            "colour=grey",
            "weight=bff8000000000000",
            "warranty=true",
        ],
        "attribute_facets": [
            "yield=c0b7700000000000",
            "colour=black",
            "colour=grey",
            "weight=bff8000000000000",
            "warranty=true",
        ],
        "attribute_spellings": ["colour=Black", "colour=Grey"],
        "price_cell": "49",
        "brand_key": "xerox",
        "category_keys": ["printing", "printing > toner"],
        **texts,
        "price": "49.95",
        "list_price": "59.00",
        "on_sale": True,
        "gtins": ["00884420588030"],
        "image": {"url": "front.png", "alt": "Front"},
        "in_stock": True,
        "available_store_ids": [str(store.pk)],
        "popularity": 7,
        "popularity_band": 2,
        "created": "2026-01-02T00:00:00+00:00",
    }


def test_bare_product_has_a_document_too() -> None:
    document = build_one(make_product("Thing"))
    assert (document["brand_name"], document["category_paths"], document["in_stock"]) == (None, [], False)


def test_inactive_and_unknown_products_have_none() -> None:
    hidden = make_product(active=False)
    assert build_documents([hidden.pk, hidden.pk + 1]) == []


def test_every_field_is_mapped() -> None:
    assert set(build_one(make_product())) == set(mapping()["properties"])


def test_change_of_stock_analyses_no_text_again(monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_product("Lamp 2 m", description="For the desk")
    before = build_one(product)

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is analysed again")

    monkeypatch.setattr(documents, "forms", refuse)
    make_stock(make_store(), product, 5)
    after = build_one(product)
    assert (before["in_stock"], after["in_stock"]) == (False, True)
    assert after["terms"] == before["terms"]


def test_every_change_of_a_text_is_analysed(settings: Any) -> None:
    """Also when the document was built before."""
    product, category = make_product("Lampe", sku="L-1"), make_category("Schuhe > Stiefel")
    make_attribute("colour")
    changes: list[dict[str, Any]] = [
        {"name": "Lampen"},
        {"sku": "L-2"},
        {"brand": "Stiefel"},
        {"description": "Lampen"},
        {"gtins": ["04012345678901"]},
        {"category": category},
        {"attributes": {"colour": "Schuhe"}},
    ]
    build_one(product)
    for change in changes:
        Product.objects.filter(pk=product.pk).update(**change)
        assert build_one(product) == built_anew(product), change
    Product.objects.filter(pk=product.pk).update(attributes={})  # whose stems differ by language as well
    build_one(product)
    settings.SEARCH_LANGUAGE = "de"
    assert build_one(product) == built_anew(product)


def built_anew(product: Product) -> dict[str, Any]:
    documents._analysed.cache_clear()  # noqa: SLF001 - as in a new process
    return build_one(product)


def test_very_long_texts_are_not_cached() -> None:
    """They would take the memory of hundreds of others."""
    documents._analysed.cache_clear()  # noqa: SLF001
    build_one(make_product(description="word " * documents.LONGEST_CACHED))
    assert documents._analysed.cache_info().currsize == 0  # noqa: SLF001
    build_one(make_product(description="word"))
    assert documents._analysed.cache_info().currsize == 1  # noqa: SLF001


@pytest.mark.parametrize("count", [1, 3])
def test_build_takes_three_queries(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    products = [
        make_product(category="Computers > Laptops", attributes={make_attribute(f"code_{number}").code: "a"})
        for number in range(count)
    ]
    for product in products:
        make_stock(make_store(), product, 5)
    with django_assert_num_queries(3):
        build_documents([product.pk for product in products])
