"""A GTIN that is typed or scanned finds its product, with and without zeros in front."""

import pytest

from products.models import Product
from search_api.contracts import SearchRequest
from search_api.fallback import search as fallback_search
from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

FORMS = [
    *("4006381333931", "04006381333931", "884420588030", "0884420588030", "00884420588030"),
    *("40170725", "0000040170725"),
]


@pytest.fixture
def catalogue(shop: Shop) -> Shop:
    make_product("Marker", sku="M-1", gtins=["04006381333931"])
    make_product("Notebook", sku="N-1", gtins=["00884420588030", "00000040170725"])
    make_product("Numbers 1 to 4006381", sku="O-1")
    shop.refresh()
    return shop


@pytest.mark.parametrize(
    "typed", [*FORMS, "4006381-333931", "marker 4006381333931", "4 006381 333931", "8 84420 58803 0", "4017 0725"]
)
def test_each_form_finds_its_product_alone(catalogue: Shop, typed: str) -> None:
    name = "Marker" if "6381" in typed else "Notebook"
    assert catalogue.names(typed) == [name]


@pytest.mark.parametrize("typed", FORMS)
def test_each_form_finds_it_while_the_engine_is_unavailable(catalogue: Shop, typed: str) -> None:
    del catalogue
    found = fallback_search.search(SearchRequest(q=typed))
    assert [hit["name"] for hit in found.results] == ["Marker" if "4006381" in typed else "Notebook"]


@pytest.mark.parametrize("typed", FORMS)
def test_staff_find_it_too(catalogue: Shop, typed: str) -> None:
    del catalogue
    found = Product.objects.matching(typed)
    assert [product.name for product in found] == ["Marker" if "4006381" in typed else "Notebook"]
