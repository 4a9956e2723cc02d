"""Prices and dates are read as their whole column writes them, and never by a guess."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import override_settings
from pytest_django import Settings

from tests.factories import make_product
from tests.products.importing import run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]

FROM = [
    (3, "'from $6' is more than a price: leave out 'from'"),
    (4, "'$7 each' is more than a price: leave out 'each'"),
]


@pytest.mark.parametrize(
    ("prices", "read"),
    [
        (["12,50", "3"], ["12.50", "3.00"]),
        (["1.299,00", "5,00"], ["1299.00", "5.00"]),
        (["1,299.00", "5.5"], ["1299.00", "5.50"]),
        (["1 299,00", "2,00"], ["1299.00", "2.00"]),
        (["$1,000.00", "$2.50"], ["1000.00", "2.50"]),
        (["5.00 USD", "6.00 USD"], ["5.00", "6.00"]),
        (["1 299", "5"], ["1299.00", "5.00"]),
        (["5,-", "1.299,--", "7,50"], ["5.00", "1299.00", "7.50"]),
        (["1'299.00", "7.-", "8.\u2013"], ["1299.00", "7.00", "8.00"]),
    ],
)
def test_prices_are_read_as_the_whole_column_writes_them(tmp_path: Path, prices: list[str], read: list[str]) -> None:
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    _, reports = run(write(tmp_path, f"sku;name;price\n{rows}"))
    assert (reports, [str(price) for (price,) in stored("price")]) == ([], read)


@pytest.mark.parametrize(
    ("prices", "bad"),
    [
        (["12.50", "12,50"], ["3: price: '12,50' has another decimal mark than '12.50' in this column (--decimal)"]),
        (["1,299"], ["2: price: '1,299' is two numbers, with a decimal comma or a point (--decimal)"]),
        (
            ["$5", "6"],
            ["2: price: '$5' has the sign $, which other values of this column do not have (--currency-sign)"],
        ),
        (["£5"], ["2: price: '£5' is not an amount in USD; if £ is its sign, add --currency-sign £"]),
        (["5 each"], ["2: price: '5 each' is not an amount in USD; if each is its sign, add --currency-sign each"]),
        (["5 on request"], ["2: price: '5 on request' is not a number such as 49.95"]),
        (["$5", "from $6", "$7 each"], [f"{line}: price: {words}" for line, words in FROM]),
        (["$5", "6 on request", "$7"], ["3: price: '6 on request' is not a number such as 49.95"]),
        (
            ["$5", "€6"],
            [
                "2: price: '$5' has the sign $, which other values of this column do not have (--currency-sign)",
                "3: price: '€6' is not an amount in USD; if € is its sign, add --currency-sign €",
            ],
        ),
        (
            ["1'299.00", "1.299,00"],
            [
                """2: price: "1'299.00" has another decimal mark than '1.299,00' in this column (--decimal)""",
                """3: price: '1.299,00' has another decimal mark than "1'299.00" in this column (--decimal)""",
            ],
        ),
    ],
)
def test_price_is_never_guessed_alone(tmp_path: Path, prices: list[str], bad: list[str]) -> None:
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    assert run(write(tmp_path, f"sku;name;price\n{rows}"))[1] == bad


def test_notation_can_be_forced(tmp_path: Path) -> None:
    file = write(tmp_path, "sku;name;price;released\n1;x;1.299;03/04/2024\n2;x;5 Fr.;01/02/2024")
    options = ["--decimal", "comma", "--currency-sign", "Fr.", "--dates", "M-D-Y"]
    assert run(file, *options)[1] == []
    assert [(str(price), str(day)) for price, day in stored("price", "released")] == [
        ("1299.00", "2024-03-04"),
        ("5.00", "2024-01-02"),
    ]


def test_dates_are_read_as_the_whole_column_writes_them(tmp_path: Path) -> None:
    assert run(write(tmp_path, "sku,name,price,released\n1,x,1,03/04/2024\n2,x,1,31/12/2024\n3,x,1,1.2.2024"))[1] == []
    assert [str(day) for (day,) in stored("released")] == ["2024-04-03", "2024-12-31", "2024-02-01"]


@override_settings(CURRENCY="KWD")
def test_price_has_the_digits_of_the_currency(tmp_path: Path) -> None:
    _, reports = run(write(tmp_path, "sku,name,price\n1,x,1.234\n2,x,1.2345"))
    assert [str(price) for (price,) in stored("price")] == ["1.234"]
    assert reports == ["3: price: a price in KWD has at most 3 decimals, not 1.2345"]


def test_sale_price_of_other_systems_becomes_the_price_and_ends(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\n"Regular price" = "price"\n"Sale price" = "sale_price"\n"Screen" = "attr:Size [in]"\n'
    )
    file = write(tmp_path, "SKU,Name,Regular price,Sale price,Screen\n1,x,10,8,15\n2,y,5,,14")
    run(file, "--mapping", str(mapping))
    assert stored("price", "list_price", "attributes") == [
        (Decimal("8.00"), Decimal("10.00"), {"size": 15}),
        (Decimal("5.00"), None, {"size": 14}),
    ]
    run(write(tmp_path, "SKU,Name,Regular price,Sale price,Screen\n1,x,10,,15"), "--mapping", str(mapping))
    assert stored("price", "list_price")[0] == (Decimal("10.00"), None)


@pytest.mark.parametrize(
    ("msrp", "special", "stored_prices"),
    [
        ("120", "", (Decimal(100), Decimal(120))),
        ("120", "90", (Decimal(90), Decimal(120))),
        ("", "90", (Decimal(90), Decimal(100))),
        ("0", "90", (Decimal(90), Decimal(100))),
        ("", "", (Decimal(100), None)),
    ],
)
def test_list_price_of_the_row_stays_beside_a_sale(
    tmp_path: Path, msrp: str, special: str, stored_prices: tuple[Decimal, Decimal | None]
) -> None:
    make_product(sku="1", price="7", list_price=Decimal(8))
    run(write(tmp_path, f"sku,name,list_price,price,sale_price\n1,x,{msrp},100,{special}"))
    assert stored("price", "list_price") == [stored_prices]


@pytest.mark.parametrize(
    ("currency", "locale", "prices"),
    [
        ("JPY", "ja_JP", ["1,200円", "¥480", "１２０円", "￥1500"]),
        ("EUR", "de_DE", ["12,50 Euro", "€ 3,00", "4,99 EUR", "1 Euro"]),
    ],
)
def test_currency_may_be_written_in_each_of_its_ways(
    tmp_path: Path, settings: Settings, currency: str, locale: str, prices: list[str]
) -> None:
    settings.CURRENCY, settings.LOCALE = currency, locale
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    assert run(write(tmp_path, f"sku;name;price\n{rows}"))[1] == []
    assert [price for (price,) in stored("price")] == (
        [1200, 480, 120, 1500] if currency == "JPY" else [Decimal("12.5"), 3, Decimal("4.99"), 1]
    )
    assert len(run(write(tmp_path, f"sku;name;price\n{rows}9;x;7\n"))[1]) == len(prices)


@pytest.mark.parametrize(
    ("shop", "prices", "bad"),
    [
        (("DKK", "da_DK", ""), ["kr. 10,50", "kr 1.299,00", "7,00 kr.", "8,00 DKK"], 0),
        (("SEK", "sv_SE", ""), ["kr. 10,50", "9,00 kr"], 0),
        (("INR", "en_IN", "Rs."), ["Rs. 100", "Rs.1,299.50", "Rs 7", "₹ 5", "INR 5"], 0),
        (("CHF", "de_CH", "Fr"), ["Fr. 12.50", "7.- Fr.", "CHF 5"], 0),
        (("USD", "en_US", "US$"), ["US$ 5", "USD 100", "$7"], 0),
        (("USD", "en_US", "US$"), ["US$ 5", "6"], 0),
        (("USD", "en_US", "US$"), ["US$ 5", "USD 100", "6"], 1),
        (("USD", "en_US", "US$"), ["US$ 5", "€ 6", "USD 7"], 2),
        (("INR", "en_IN", ""), ["Rs. 100"], 1),
    ],
)
def test_sign_of_a_price_may_have_a_dot_and_the_given_one_is_another(
    tmp_path: Path, settings: Settings, shop: tuple[str, str, str], prices: list[str], bad: int
) -> None:
    settings.CURRENCY, settings.LOCALE, sign = shop
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    _, reports = run(write(tmp_path, f"sku;name;price\n{rows}"), *(["--currency-sign", sign] if sign else []))
    assert len(reports) == bad, reports
