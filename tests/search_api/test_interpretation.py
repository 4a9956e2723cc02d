"""Words that can only mean a price or an order are one, reported and refusable; others stay words."""

from decimal import Decimal

import pytest

from products.models import Attribute
from search_api.contracts import SearchRequest, Sort
from search_api.query.interpretation import read
from search_api.services import search
from tests.factories import make_product
from tests.search_api.conftest import Shop


def parameters(q: str, *, language: str = "en", currency: str = "USD") -> tuple[str, dict[str, str]]:
    """The words that remain, and the parameters that the others were read as."""
    request = SearchRequest(q=q)
    reading = read(request, language=language, currency=currency, decimal_comma=language != "en")
    found = {name: value for each in reading.interpreted for name, [value] in each["parameters"].items()}
    return " ".join(reading.request.q.split()) if found else reading.request.q, found


@pytest.mark.unit
@pytest.mark.parametrize(
    ("q", "rest", "meaning"),
    [
        ("headphones under 50", "headphones", {"price_max": "50"}),
        ("headphones under $50.99", "headphones", {"price_max": "50.99"}),
        ("laptop less than $1,000", "laptop", {"price_max": "1000"}),
        ("under 100 with mic", "with mic", {"price_max": "100"}),
        ("laptop between 20 and 40", "laptop", {"price_min": "20", "price_max": "40"}),
        ("20-40 dollars mouse", "mouse", {"price_min": "20", "price_max": "40"}),
        ("from $20 to $40", "", {"price_min": "20", "price_max": "40"}),
        ("speakers over 100", "speakers", {"price_min": "100"}),
        ("up to $64 card", "card", {"price_max": "64"}),
        ("mouse 50 dollars or less", "mouse", {"price_max": "50"}),
        ("mouse $50", "mouse", {"price_max": "50"}),
        ("mouse 50usd", "mouse", {"price_max": "50"}),
        ("mouse under $1.5k", "mouse", {"price_max": "1500"}),
        ("iphone 12 $500", "iphone 12", {"price_max": "500"}),
        ("mouse \u2265 $20", "mouse", {"price_min": "20"}),
        ("mouse between 40 and 20", "mouse", {"price_min": "20", "price_max": "40"}),
        ("mouse $20\u2014$40", "mouse", {"price_min": "20", "price_max": "40"}),
        ("mouse $20..$40", "mouse", {"price_min": "20", "price_max": "40"}),
        ("mouse over 20 under 40", "mouse", {"price_min": "20", "price_max": "40"}),
        ("mouse over $20 but under $40", "mouse but", {"price_min": "20", "price_max": "40"}),
        ("mouse around $50", "mouse", {"price_min": "40", "price_max": "60"}),
        ("cheap laptop", "laptop", {"sort": "price"}),
        ("cheapest tv under 300", "tv", {"sort": "price", "price_max": "300"}),
        ("most expensive watch", "watch", {"sort": "-price"}),
        ("2 in 1 laptop under 500", "2 in 1 laptop", {"price_max": "500"}),
    ],
)
def test_words_of_price_are_parameters(q: str, rest: str, meaning: dict[str, str]) -> None:
    assert parameters(q) == (rest, meaning)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("language", "currency", "q", "rest", "meaning"),
    [
        ("de", "EUR", "Kopfhörer unter 50 €", "Kopfhörer", {"price_max": "50"}),
        ("de", "EUR", "Milch unter 1,50", "Milch", {"price_max": "1.5"}),
        ("de", "EUR", "Käse zwischen 2,50 und 4", "Käse", {"price_min": "2.5", "price_max": "4"}),
        ("en", "USD", "sofa under 1,300", "sofa", {"price_max": "1300"}),
        ("de", "EUR", "Laptop bis 1.299,00 Euro", "Laptop", {"price_max": "1299"}),
        ("de", "EUR", "günstige Tasche", "Tasche", {"sort": "price"}),
        ("fr", "EUR", "casque à moins de 50 €", "casque", {"price_max": "50"}),
        ("fr", "EUR", "casque de 20 à 40 euros", "casque", {"price_min": "20", "price_max": "40"}),
        ("es", "EUR", "auriculares por menos de 50€", "auriculares", {"price_max": "50"}),
        ("it", "EUR", "cuffie sotto i 50 euro", "cuffie", {"price_max": "50"}),
        ("nl", "EUR", "hoesje tot €20", "hoesje", {"price_max": "20"}),
        ("pt", "BRL", "fone até R$ 200", "fone", {"price_max": "200"}),
        ("sv", "SEK", "hörlurar under 500 kr", "hörlurar", {"price_max": "500"}),
        ("ja", "JPY", "5000円以上の時計", "の時計", {"price_min": "5000"}),
        ("zh", "CNY", "耳机 500元以下", "耳机", {"price_max": "500"}),
        ("xx", "XTS", "headphones under 50 xts", "headphones", {"price_max": "50"}),
        ("fr", "EUR", "casque moins de 1 500 €", "casque", {"price_max": "1500"}),
        ("sv", "SEK", "hörlurar 500kr", "hörlurar", {"price_max": "500"}),
        ("nl", "EUR", "lamp tussen de 20 en 50 euro", "lamp", {"price_min": "20", "price_max": "50"}),
        ("de", "EUR", "Lampe ca. 50 €", "Lampe", {"price_min": "40", "price_max": "60"}),
        ("en", "INR", "phone under \u20b91,00,000", "phone", {"price_max": "100000"}),
        ("ja", "JPY", "時計 1万円以下", "時計", {"price_max": "10000"}),
        ("zh", "CNY", "台灯 100元左右", "台灯", {"price_min": "80", "price_max": "120"}),
    ],
)
def test_words_of_price_are_those_of_the_language(
    language: str, currency: str, q: str, rest: str, meaning: dict[str, str]
) -> None:
    assert parameters(q, language=language, currency=currency) == (rest, meaning)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("language", "currency", "q", "meaning"),
    [
        ("en", "USD", "lamp not more than $50", {"price_max": "50"}),
        ("en", "USD", "lamp no more than 50", {"price_max": "50"}),
        ("en", "USD", "lamp not under $50", {"price_min": "50"}),
        ("de", "EUR", "Lampe nicht mehr als 50 Euro", {"price_max": "50"}),
        ("fr", "EUR", "lampe pas plus de 50 €", {"price_max": "50"}),
        ("es", "EUR", "lámpara no más de 50 €", {"price_max": "50"}),
        ("it", "EUR", "lampada non più di 50 €", {"price_max": "50"}),
        ("nl", "EUR", "lamp niet meer dan 50 €", {"price_max": "50"}),
        ("pt", "BRL", "luminária não mais de R$ 50", {"price_max": "50"}),
        ("sv", "SEK", "lampa inte mer än 500 kr", {"price_max": "500"}),
        ("zh", "CNY", "台灯 不超过100元", {"price_max": "100"}),
    ],
)
def test_negated_limit_is_the_opposite_one(language: str, currency: str, q: str, meaning: dict[str, str]) -> None:
    assert parameters(q, language=language, currency=currency)[1] == meaning


@pytest.mark.unit
@pytest.mark.parametrize(
    ("language", "currency", "q"),
    [
        ("fr", "EUR", "casque 1 299,99 €"),  # 299.99, or 1299.99
        ("es", "MXN", "lámpara menos de $1,500"),  # 1.5, or 1500
        ("en", "USD", "lamp under $1.500"),
        ("en", "USD", "lamp not $50"),
        ("en", "USD", "lamp $20 or $50"),
        ("en", "USD", "lamp $20/$50"),
        ("en", "USD", "lamp under 50¢"),
        ("en", "USD", "lamp under 1k"),
        ("en", "USD", "battles between 1914 and 1918"),
    ],
)
def test_number_that_may_be_another_one_is_no_price(language: str, currency: str, q: str) -> None:
    assert parameters(q, language=language, currency=currency) == (q, {})


@pytest.mark.unit
@pytest.mark.parametrize(
    "q",
    [
        "usb 3.0 hub under 500 g",
        "rope over 10 m",
        "monitor under 27 in",
        'tv over 50"',
        "between 5 and 10 kg",
        "amplifier over 100 watts",
        "windows 10",
        "iphone 12",
        "psp 3000",
        "toys for kids under 5",
        "headphones under 100 wireless",
        "under 20 pages",
        "over 100 piece puzzle",
        "up to 64 people",
        "under 500-series",
        "under 5%",
        "under 1.2.3",
        "under armour",
        "over the ear headphones",
        "headphones under £50",
        "laptop under 100 over 500",
        "phone $100 or less $300 or more",
        "not cheap shoes",
        "headphones under 50 euros",
        "€50 card",
        "dumbbell under 20 pounds",
        '"under 50" book',
        '"cheap trick" album',
        "a b c d e f g h under 50",
        "gift card by mail for music films and games $50",
        "Fits Men And Women With A Waist Over 40",
        "cheapskate",
        "",
        "   ",
    ],
)
def test_words_that_may_mean_something_else_stay_words(q: str) -> None:
    assert parameters(q) == (q, {})


@pytest.mark.unit
def test_response_can_say_which_words_were_read_and_as_what() -> None:
    reading = read(SearchRequest(q="Café under 50"), language="en", currency="USD", decimal_comma=False)
    assert reading.interpreted == (
        {"kind": "price", "text": "under 50", "start": 5, "end": 13, "parameters": {"price_max": ["50"]}, "label": ""},
    )
    assert reading.with_words("cafe") == "cafe under 50"
    assert reading.with_words(None) is None


@pytest.mark.unit
def test_chosen_filters_and_order_win_over_words() -> None:
    chosen = SearchRequest(q="cheap hub under 50", price_min=Decimal(60), sort=Sort.NAME)
    reading = read(chosen, language="en", currency="USD", decimal_comma=False)
    assert (reading.request.q.split(), reading.request.price_min, reading.request.price_max) == (
        ["hub"],
        Decimal(60),
        None,
    )
    assert (reading.request.sort, reading.interpreted) == (Sort.NAME, ())


@pytest.fixture
def hubs(shop: Shop) -> Shop:
    for name, price in (("Hub under a desk", "80.00"), ("Hub mini", "20.00"), ("Hub maxi", "45.00")):
        make_product(name, price=price)
    shop.refresh()
    return shop


@pytest.mark.service
@pytest.mark.django_db
def test_price_in_the_words_filters(hubs: Shop) -> None:
    response = hubs.search("hub under 50")
    assert {hit["name"] for hit in response.results} == {"Hub mini", "Hub maxi"}
    assert [(each["text"], each["parameters"]) for each in response.interpreted] == [
        ("under 50", {"price_max": ["50"]})
    ]
    assert response.relaxed == []


@pytest.mark.service
@pytest.mark.django_db
def test_order_in_the_words_sorts(hubs: Shop) -> None:
    assert hubs.names("cheapest hub") == ["Hub mini", "Hub maxi", "Hub under a desk"]


@pytest.mark.service
@pytest.mark.django_db
def test_interpretation_can_be_refused(hubs: Shop) -> None:
    make_product("Hub 50 for under the shelf", price="80.00")
    hubs.refresh()
    response = hubs.search("hub under 50", interpret=False)
    assert (response.results[0]["name"], response.interpreted) == ("Hub 50 for under the shelf", [])
    assert "Hub 50 for under the shelf" not in hubs.names("hub under 50")


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.usefixtures("hubs", "engine_away")
def test_degraded_search_understands_the_price_too() -> None:
    response = search(SearchRequest(q="hub under 50"))
    assert response.degraded
    assert {hit["name"] for hit in response.results} == {"Hub mini", "Hub maxi"}
    assert response.interpreted[0]["parameters"] == {"price_max": ["50"]}


@pytest.mark.service
@pytest.mark.django_db
def test_amount_is_a_brand_only_where_hits_are_of_it(shop: Shop) -> None:
    make_product("Packing tape", brand="3M")
    make_product("HDMI cable 3 m", brand="Belkin")
    shop.refresh()
    read = {q: [each["text"] for each in shop.search(q).interpreted] for q in ("3m tape", "hdmi cable 3m", "3 m cable")}
    assert read == {"3m tape": ["3m"], "hdmi cable 3m": [], "3 m cable": []}


def test_brand_and_category_in_the_words_come_first_and_lose_no_hit(shop: Shop) -> None:
    make_product("Cover for Sony camera", brand="Vivanco", category="Bags", popularity=50)
    make_product("Camera like Sony", brand="Vivanco", category="Cameras", popularity=50)
    make_product("Camera compact", brand="Sony", category="Photo > Cameras")
    shop.refresh()
    response = shop.search("sony cameras under 500")
    assert response.results[0]["name"] == "Camera compact"
    assert len(response.results) == 3
    assert [(each["kind"], each["text"], each["parameters"]) for each in response.interpreted] == [
        ("brand", "sony", {"brand": ["Sony"]}),
        ("category", "cameras", {"category": ["Cameras", "Photo > Cameras"]}),
        ("price", "under 500", {"price_max": ["500"]}),
    ]
    assert not shop.search("sony cameras", interpret=False).interpreted


@pytest.mark.service
@pytest.mark.django_db
def test_attribute_values_in_the_words_come_first(shop: Shop) -> None:
    Attribute.objects.create(code="test_ram", label="RAM", type="number", unit="GB")
    Attribute.objects.create(code="test_disk", label="Disk", type="number", unit="GB")
    Attribute.objects.create(code="test_colour", label="Colour", type="text")
    make_product("Laptop Uno", attributes={"test_ram": 8, "test_disk": 16, "test_colour": "Red"})
    make_product("Laptop Due", attributes={"test_ram": 16, "test_disk": 8, "test_colour": "Blue"})
    shop.refresh()
    response = shop.search("blue laptop 16gb ram")
    assert response.results[0]["name"] == "Laptop Due"
    assert [(each["kind"], each["text"], each["parameters"], each["label"]) for each in response.interpreted] == [
        ("attribute", "blue", {"attr.test_colour": ["blue"]}, "Colour: Blue"),
        ("attribute", "16gb", {"attr.test_ram": ["16"]}, "RAM: 16 GB"),
    ]
    assert [each["text"] for each in shop.search("laptop 16gb").interpreted] == []


@pytest.mark.service
@pytest.mark.django_db
def test_number_beside_the_label_of_its_attribute_is_the_value(shop: Shop) -> None:
    Attribute.objects.create(code="test_size", label="Shoe size", type="number", unit="EU", searchable=False)
    Attribute.objects.create(code="test_drop", label="Drop", type="number", unit="mm")
    Attribute.objects.create(code="test_waist", label="Waist", type="text", searchable=False)
    make_product("Gale Trail Shoes", attributes={"test_size": 42, "test_drop": 8})
    make_product("Gale Road Shoes", attributes={"test_size": 43, "test_drop": 42})
    make_product("Harbour Jeans", attributes={"test_waist": "32"})
    make_product("Harbour Jeans Long", attributes={"test_waist": "34"})
    shop.refresh()
    for query in ("size 42 shoes", "shoes size 42", "shoe size 42", "eu 42 shoes", "shoes 42 EU", "shoes, size: 42"):
        response = shop.search(query)
        assert [hit["name"] for hit in response.results[: response.count_every_word]] == ["Gale Trail Shoes"], query
        assert [each["parameters"] for each in response.interpreted] == [{"attr.test_size": ["42"]}], query
        assert response.relaxed == [], query
    assert [each["text"] for each in shop.search("Shoes size 42").interpreted] == ["size 42"]
    assert shop.matches("drop 42 shoes") == ["Gale Road Shoes"]
    assert shop.matches("jeans waist 34") == ["Harbour Jeans Long"]
    assert [each["text"] for each in shop.search("shoes 42").interpreted] == []


@pytest.mark.service
@pytest.mark.django_db
def test_letter_is_a_value_beside_the_label_of_its_attribute_only(shop: Shop) -> None:
    Attribute.objects.create(code="test_energy", label="Energy class", type="text")
    make_product("Oil filter for Ford C-Max")
    make_product("LED bulb E 27", attributes={"test_energy": "E"})
    make_product("LED bulb GU 10", attributes={"test_energy": "C"})
    make_product("LED spot GU 10", attributes={"test_energy": "c"})
    make_product("LED strip", attributes={"test_energy": "C"})
    shop.refresh()
    for query in ("c-max oil filter", "c programming", "e 27 bulb", "e-27"):
        assert not shop.search(query).interpreted, query
    response = shop.search("bulb energy class c")
    assert [each["parameters"] for each in response.interpreted] == [{"attr.test_energy": ["c"]}]
    assert response.interpreted[0]["label"] == "Energy class: C"  # as most products have it
    assert response.results[0]["name"] == "LED bulb GU 10"


@pytest.mark.service
@pytest.mark.django_db
def test_size_at_the_end_leaves_the_thing_what_it_is(shop: Shop) -> None:
    make_product("Leather biker XL", category="Jackets")
    shop.refresh()
    assert [each["kind"] for each in shop.search("jacket xl").interpreted] == ["category"]
