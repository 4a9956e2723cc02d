"""Which products match which words."""

import pytest

from search_api.contracts import Sort
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def test_products_with_every_word_come_first_and_are_counted(shop: Shop) -> None:
    shop.sells("HP laptop", "HP printer", "Dell laptop", "Dell printer")
    response = shop.search("hp laptop")
    assert (response.count, response.count_every_word, response.relaxed) == (3, 1, [])
    assert [(hit["name"], hit["missing_words"]) for hit in response.results] == [
        ("HP laptop", []),
        ("Dell laptop", ["hp"]),
        ("HP printer", ["laptop"]),
    ]


def test_facets_count_the_products_with_every_word(shop: Shop) -> None:
    make_product("HP laptop", brand="HP")
    make_product("Dell laptop", brand="Dell")
    shop.refresh()
    response = shop.search("hp laptop")
    assert response.facets["brand"] == [{"value": "HP", "count": 1, "selected": False}]
    assert response.facets_describe == "every_word"


def test_facets_count_all_hits_when_none_has_every_word(shop: Shop) -> None:
    make_product("HP printer", brand="HP")
    make_product("Dell laptop", brand="Dell")
    shop.refresh()
    response = shop.search("hp laptop")
    assert {value["value"]: value["count"] for value in response.facets["brand"]} == {"HP": 1, "Dell": 1}
    assert (response.count, response.count_every_word, response.facets_describe) == (2, 0, "some_words")
    assert [one["kind"] for one in response.relaxed] == ["words"]


def test_with_many_products_that_have_every_word_no_others_are_shown(shop: Shop) -> None:
    shop.sells(*(f"HP laptop {number}" for number in range(100)), "Dell laptop")
    last = shop.search("hp laptop", page=6)
    assert (last.count, last.count_every_word, last.results) == (100, 100, [])
    assert "Dell laptop" not in shop.names("hp laptop", page_size=100)


@pytest.mark.parametrize("sort", list(Sort))
def test_every_page_by_number_is_part_of_one_list(shop: Shop, sort: Sort) -> None:
    shop.sells("HP laptop b", "HP laptop a", "HP printer", "Dell laptop", "HP bag", "Laptop bag", "Dell printer")
    whole = shop.names("hp laptop", sort=sort)
    pages = [shop.names("hp laptop", sort=sort, page=page, page_size=2) for page in (1, 2, 3)]
    assert [name for page in pages for name in page] == whole
    assert (set(whole[:2]), len(whole)) == ({"HP laptop a", "HP laptop b"}, 6)


def test_pasted_title_finds_its_sibling(shop: Shop) -> None:
    title = "Acme ProDesk 400 G6 microtower PC with wireless keyboard, optical mouse, office software, carry case, {}"
    shop.sells(title.format("black"), "Garden hose")
    assert shop.names(title.format("white")) == [title.format("black")]


def test_more_of_the_words_beat_a_rarer_one(shop: Shop) -> None:
    shop.sells("Red steel desk lamp", *(f"Red steel desk {letter}" for letter in "abcdefgh"), "Zinnia", "Lamp oak")
    found = shop.names("red steel desk zinnia")
    assert found.index("Zinnia") == len(found) - 1


def test_product_is_found_first_by_its_whole_name(shop: Shop) -> None:
    sold_out = make_product("Cable 2 m black")
    for name in ("Cable 2 m black, black cable 2 m", "Black cable cable 2 m black", "Cable, black, cable 2 m"):
        make_stock(make_store(), make_product(name, popularity=1000), 5)
    shop.refresh()
    assert shop.search("cable 2 m BLACK").results[0]["id"] == sold_out.pk


def test_words_may_be_in_different_fields(shop: Shop) -> None:
    make_product("ProBook 450", brand="HP", category="Computers > Laptops", description="For travellers")
    make_product("ProBook 450", brand="Dell", category="Computers > Laptops")
    shop.refresh()
    assert shop.search("hp probook travellers").results[0]["brand"] == "HP"


def test_word_of_the_category_matches(shop: Shop) -> None:
    make_product("ThinkPad X60", category="Computers > Tablets")
    shop.refresh()
    assert shop.names("tablets") == ["ThinkPad X60"]


def test_value_of_an_attribute_matches(shop: Shop) -> None:
    make_product("Optical mouse", attributes={"colour": "Turquoise"})
    shop.refresh()
    assert shop.matches("turquoise mouse") == ["Optical mouse"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("switches", "Network switch"),
        ("battery", "Rechargeable batteries"),
        ("lens", "Camera lenses"),
        ("mouse", "Optical mice"),
        ("cafe", "Café crema"),
        ("CAFÉ", "Cafe crema"),
        ("office", "O\ufb03ce paper"),
        ("muller", "Müller Fächer"),
        ("startech", "StarTech.com adapter"),
        ("vogels", "Vogel's wall mount"),
        ("wifi", "Wi-Fi router"),
        ("8 gb", "Memory module 8GB"),
        ("8gb", "Memory module 8 GB"),
        ("15.6 inch", 'Notebook 15.6"'),
        ('15.6"', "Notebook 15.6-inch"),
        ("1tb", "Drive 1000 GB"),
        ("1 terabyte", "Drive 1 TB"),
        ("1024 GB", "Drive 1TB"),
        ("0.5 GB", "Memory module 512 MB"),
        ("3-metre", "Cable 3m"),
        ("10 feet", "Cable 10 ft."),
        ("15.6", 'Notebook 39.6 cm (15.6")'),
        ("smartwatch", "Smart watch Black"),
        ("smart watch", "Denver smartwatch"),
        ("rtx2060", "Gigabyte RTX 2060"),
        ("rtx 2060", "Gigabyte RTX2060"),
        ("日本語", "日本語 キーボード"),
        ("عربي", "لوحة مفاتيح عربي"),
        ("\uff2captop", "Laptop stand"),
        ("c++", "The C++ handbook"),
        ("c handbook", "The C++ handbook"),
        ("levis", "Levi's jeans"),
        ("oreal", "L'Oréal shampoo"),
        ("loreal", "L'Oréal shampoo"),
        ("aluminium ladder", "Aluminum ladder"),
        ("e 27", "Bulb E27"),
        ("e27", "Bulb E 27"),
    ],
)
def test_one_thing_is_found_in_either_spelling(shop: Shop, typed: str, name: str) -> None:
    shop.sells(name, "Something else")
    assert shop.matches(typed) == [name]


def test_gaming_is_not_games(shop: Shop) -> None:
    shop.sells("Gaming keyboard", "Board games")
    assert shop.names("gaming") == ["Gaming keyboard"]


def test_quoted_words_must_be_a_phrase(shop: Shop) -> None:
    shop.sells("Smart home hub", "Home office smart plug")
    assert shop.names('"smart home"') == ["Smart home hub"]


def test_quoted_words_are_combined_with_others(shop: Shop) -> None:
    shop.sells("Philips smart home hub", "Sony smart home hub")
    assert shop.names('sony "smart home"') == ["Sony smart home hub"]


def test_minus_word_excludes(shop: Shop) -> None:
    shop.sells("Laptop bag", "Laptop stand")
    assert shop.names("laptop -bags") == ["Laptop stand"]


def test_minus_word_alone_finds_the_rest(shop: Shop) -> None:
    shop.sells("Laptop bag", "Printer")
    assert shop.names("-bag") == ["Printer"]


def test_hyphen_inside_a_word_is_no_minus(shop: Shop) -> None:
    shop.sells("Canon PIXMA all-in-one printer")
    assert shop.names("all-in-one printer") == ["Canon PIXMA all-in-one printer"]


def test_stop_words_need_not_match(shop: Shop) -> None:
    shop.sells("Stand laptop aluminium")
    response = shop.search("a stand for the laptop")
    assert ([hit["name"] for hit in response.results], response.relaxed) == (["Stand laptop aluminium"], [])


def test_stop_word_alone_is_a_word(shop: Shop) -> None:
    shop.sells("The Who: live", "Printer")
    assert shop.names("the") == ["The Who: live"]


def test_empty_query_finds_everything(shop: Shop) -> None:
    shop.sells("Laptop", "Printer")
    assert sorted(shop.names("")) == ["Laptop", "Printer"]


def test_hidden_products_are_not_found(shop: Shop) -> None:
    make_product("Laptop", active=False)
    shop.refresh()
    assert shop.names("laptop") == []


def test_matched_words_are_marked_and_the_text_is_escaped(shop: Shop) -> None:
    shop.sells("<b>Laptop</b> & notebook's bag")
    assert shop.search("laptop").results[0]["highlight"] == {
        "name": "&lt;b&gt;<mark>Laptop</mark>&lt;/b&gt; &amp; <mark>notebook</mark>&#x27;s bag"
    }
