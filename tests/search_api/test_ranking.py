"""The order of hits. Scores are never asserted."""

import pytest

from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.mark.parametrize(
    ("typed", "thing", "accessory"),
    [
        ("laptop", "Dell laptop Silver 15 inch", "Targus laptop bag"),
        ("ipod", "Apple iPod nano", "Car charger for iPod nano"),
        ("printer", "OKI dot matrix printer", "OKI printer ribbon"),
        ("ssd", "Samsung SSD 512 GB", "SSD mounting bracket"),
        ("tv", "Philips TV 32 inch", "TV wall mount"),
        ("notebook", "HP ProBook notebook", "HP Notebook QuickDock"),
        ("mouse", "V7 optical mouse", "Mouse wrist pillow"),
    ],
)
def test_thing_comes_before_its_accessories(shop: Shop, typed: str, thing: str, accessory: str) -> None:
    shop.sells(accessory, thing)
    assert shop.names(typed) == [thing, accessory]


def test_accessory_comes_first_when_the_query_names_it(shop: Shop) -> None:
    shop.sells("Dell laptop", "Targus laptop bag")
    assert shop.names("laptop bag")[0] == "Targus laptop bag"


def test_typed_word_comes_before_its_synonym(shop: Shop) -> None:
    shop.sells("Sony television", "Sony TV")
    assert shop.names("tv") == ["Sony TV", "Sony television"]


def test_name_counts_more_than_description(shop: Shop) -> None:
    make_product("Wall plate", description="Goes well with a router")
    make_product("Router")
    shop.refresh()
    assert shop.names("router") == ["Router", "Wall plate"]


def test_words_side_by_side_come_first(shop: Shop) -> None:
    shop.sells("Mouse with wireless pad", "Pad and mouse wireless", "Wireless mouse")
    assert shop.names("wireless mouse")[0] == "Wireless mouse"


def test_typed_form_of_a_word_comes_first(shop: Shop) -> None:
    shop.sells("Stereo speaker", "Stereo speakers")
    assert shop.names("speakers") == ["Stereo speakers", "Stereo speaker"]


def test_product_of_the_named_category_comes_first(shop: Shop) -> None:
    make_product("Tablet press", category="Home > Appliances")
    make_product("Tablet P11", category="Computers > Tablets")
    shop.refresh()
    assert shop.names("tablet")[0] == "Tablet P11"


def test_category_of_parts_holds_no_things(shop: Shop) -> None:
    make_product("Toilet flapper", category="Plumbing > Toilet Parts", description="Fits most toilets")
    make_product("Toilet seat", category="Bath > Toilet Seats", description="For round toilets")
    make_product("Cimarron dual flush toilet in white with soft close lid", category="Bath > Toilets")
    shop.refresh()
    assert shop.names("toilet")[0] == "Cimarron dual flush toilet in white with soft close lid"


def test_what_a_thing_comes_with_is_not_its_kind(shop: Shop) -> None:
    shop.sells("Razor + 2 blades", "Blades 8 pieces, refill for every razor")
    assert shop.names("razor")[0] == "Razor + 2 blades"
    assert shop.names("blades")[0] == "Blades 8 pieces, refill for every razor"


def test_brand_and_kind_together(shop: Shop) -> None:
    make_product("Pavilion", brand="HP", category="Computers > Laptops")
    make_product("Inspiron", brand="Dell", category="Computers > Laptops")
    make_product("LaserJet", brand="HP", category="Printing > Printers")
    shop.refresh()
    assert shop.names("hp laptop")[0] == "Pavilion"


def test_product_in_stock_comes_first(shop: Shop) -> None:
    gone, here = make_product("Laptop"), make_product("Laptop")
    make_stock(make_store(), here, 1)
    shop.refresh()
    assert [hit["id"] for hit in shop.search("laptop").results] == [here.pk, gone.pk]


def test_product_in_stock_comes_first_without_words_too(shop: Shop) -> None:
    gone, here = make_product("Laptop", popularity=1000), make_product("Printer")
    make_stock(make_store(), here, 1)
    shop.refresh()
    assert [hit["id"] for hit in shop.search("").results] == [here.pk, gone.pk]


def test_exact_sku_comes_first_even_when_sold_out(shop: Shop) -> None:
    wanted, other = make_product("Laptop", sku="X-100"), make_product("Bag X100")
    make_stock(make_store(), other, 1)
    shop.refresh()
    assert [hit["id"] for hit in shop.search("x100").results] == [wanted.pk, other.pk]


def test_popular_comes_first_among_equals(shop: Shop) -> None:
    plain, popular = make_product("Laptop"), make_product("Laptop", popularity=50)
    shop.refresh()
    assert [hit["id"] for hit in shop.search("laptop").results] == [popular.pk, plain.pk]


def test_popularity_does_not_beat_a_better_match(shop: Shop) -> None:
    make_product("Desk lamp", description="for your laptop", popularity=100_000)
    make_product("Laptop")
    shop.refresh()
    assert shop.names("laptop")[0] == "Laptop"
