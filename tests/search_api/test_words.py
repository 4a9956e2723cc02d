"""Which products words find, and in which order."""

import pytest

from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def stock_up(shop: Shop, *names: str) -> None:
    for name in names:
        make_product(name)
    shop.refresh()


def test_all_words_must_be_there(shop: Shop) -> None:
    stock_up(shop, *(f"HP laptop {number}" for number in range(10)), "HP printer", "Dell laptop")
    assert sorted(shop.names("hp laptop")) == [f"HP laptop {number}" for number in range(10)]


def test_plural_finds_singular_and_back(shop: Shop) -> None:
    stock_up(shop, "Network switch", "Rechargeable batteries")
    assert shop.names("switches") == ["Network switch"]
    assert shop.names("battery") == ["Rechargeable batteries"]


def test_laptop_finds_notebook(shop: Shop) -> None:
    stock_up(shop, "HP Pavilion notebook", "HP Pavilion desktop")
    assert shop.names("laptop") == ["HP Pavilion notebook"]


def test_laptop_comes_before_laptop_bag(shop: Shop) -> None:
    stock_up(shop, "Targus laptop bag", "Dell laptop Silver 15 inch")
    assert shop.names("laptop") == ["Dell laptop Silver 15 inch", "Targus laptop bag"]


def test_laptop_bag_comes_first_when_asked_for(shop: Shop) -> None:
    stock_up(shop, "Dell laptop", "Targus laptop bag")
    assert shop.names("laptop bag")[0] == "Targus laptop bag"
