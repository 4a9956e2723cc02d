"""However an amount is written, it has one token; other amounts have others, and other numbers have none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.amounts import AmountReader, find_amounts, is_amount
from language.normalisation import fold
from language.quantities import Amount
from language.units import UNITS, Unit, UnitTable

pytestmark = pytest.mark.unit


def tokens(text: str, *, decimal_comma: bool = False) -> list[str]:
    return [amount.token for amount in find_amounts(text, decimal_comma=decimal_comma)]


@pytest.mark.timeout(10)  # it took minutes
@pytest.mark.parametrize("part", ["12/", "111 ", "5-", "1 2 3 "])
def test_long_list_of_numbers_is_read_once(part: str) -> None:
    find_amounts(part * 20_000)


def test_folded_text_is_understood() -> None:
    texts = ["1½ in", "5′6″", "15.6″", "20 m²", "60℃", "100µF", "10\u202f000 mAh", "−18 °C"]
    assert [tokens(fold(text)) for text in texts] == [
        ["1.5in"],
        ["66in"],
        ["15.6in"],
        ["20000000mm2"],
        ["60degc"],
        ["100000000pf"],
        ["10000mah"],
        ["-18degc"],
    ]


@pytest.mark.parametrize(
    "spellings",
    [
        ["10,000mah", "10000 mah", "10 000 mah", "10000-mah", "10 ah", "10'000 mah"],
        ["2,5 mm", "2.5 mm", "2.50mm", "0.25 cm", "2500 μm"],
        [".5 mm", "0.5 mm", "0,5mm"],
        ["1.50 m", "1.5 m", "150 cm", "1500 millimeters", "1,5 metre"],
        ["1\u20442 inch", "1/2 in.", '1/2"', "1/2''", "0.5 in", "1/2-inch", ".5 inches"],
        ["1-1/2 in", '1 1/2"', "1.5 inch", "11\u20442 in.", "1 1\u20442-in", "1.5zoll"],
        ["5 lb", "5lb", "5 lbs", "5 pounds", "5-lb.", "80 oz"],
        ["2 kw", "2000 w", "2,000 watts"],
        ["0.5 l", "500 ml", "50 cl", "0,5 liter", "1\u20442 l"],
        ["20 m2", "20 sqm", "20 sq. m", "20 square meters"],
        ["60 °c", "60°c", "60 degrees celsius"],
        ["1920x1080", "1920 x 1080", "1920\u00d71080", "1920 x 1080 pixels"],
        ["2 in. x 4 in.", '2" x 4"', "2 x 4 inch", "2in x 4in", "2inx4in", '2"x4"', "2 by 4 in."],
        ["24 in. w x 36 in. h", '24"w x 36"h', "2 ft x 3 ft", "24 x 36 in", "2'x3'"],
        ["6 ft", "6'", "6 feet", "6-foot", "72 in.", "2 yards"],
        ["5 ft. 6 in.", "5'6\"", "5' 6\"", "66 inch"],
        ["m8", "m 8"],
        ["m8x20", "m8 x 20 mm", "m 8 \u00d7 20"],
        ["1 tb", "1000 gb", "1,000gb"],
        ["16 fl. oz.", "16 fl oz", "16floz", "1 pint"],
        ["50 sq. ft.", "50 sq ft", "50sqft", "50 ft2", "50 square feet"],
        ["3 cu. ft.", "3 cubic feet", "3cu.ft."],
        ["24 awg", "24awg", "awg 24", "24-gauge"],
        ["10a", "10-amp", "10 amps", "10000 ma"],
        ["2700k", "2700 k", "2700 kelvin"],
        ["1/2 hp", "0.5hp", "1/2-horsepower"],
        ["27インチ", "27 inch"],
        ["12 pcs", "12 pieces", "12-piece", "12 pack", "12-pack", "12pk", "12er pack", "12 count", "12-teilig", "12個"],
        ["1,250 pcs", "1250 pieces"],
        ["32w x 30l", "32w 30l", "32w/30l", "w32 l30", "w32/l30", "w 32 l 30", "32x30"],
        ["24w x 12d x 36h", "24 w x 12 d x 36 h", "24x12x36"],
        ["1.5米", "1.5 m"],
        ["3/8 in. x 50 ft.", "3/8 x 50 ft.", "3/8 in. x 600 in."],
        ["1/4-20", '1/4"-20', "1/4 - 20 "],
        ["#10-32", "10-32 "],
        ["205/55r16", "205/55 r16", "205/55 zr 16"],
    ],
)
def test_spellings_of_one_amount_have_one_token(spellings: list[str]) -> None:
    assert {tuple(tokens(spelling)) for spelling in spellings} == {tuple(tokens(spellings[0]))}
    assert len(tokens(spellings[0])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "usb 3 cable",
        "windows 10",
        "iphone 6/7/8",
        "24/7 support",
        "2 in 1 laptop",
        "2-in-1",
        "all 3 in one",
        "pack in 3 colours",
        "pack of 2 in black",
        "10 in stock",
        "4k 1080p 3d a4 h264 802.11n 802.11g ddr4 cat6 rj45 usb-c 3.1",
        "dv7-1211ea tn-2110g la-500ml",
        "hp 05a",
        "the 90's",
        "4 k",
        "$500 g",
        'monitor 27 "dell ultra"',
        "4x4wd",
        "1.2.3 m",
        "0 to 100",
        "1234567890123 g",
        "no numbers",
        "",
    ],
)
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert tokens(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("iphone 12 128 gb", ["128000mb"]),
        ("2 x 4 gb", ["2", "4000mb"]),
        ("2x330ml", ["2", "330ml"]),
        ("cat 6 5m blue", ["5000mm"]),
        ("usb 3.0-2m", ["2000mm"]),
        ('notebook 43.2 cm (17")', ["432mm", "17in"]),
        ("5-10 mm", ["5mm", "10mm"]),
        ("18-55mm lens", ["18mm", "55mm"]),
        ("110/220v", ["110v", "220v"]),
        ("10/100/1000 mbps", ["10000kbps", "100000kbps", "1000000kbps"]),
        ("1/2 gb", ["1000mb", "2000mb"]),
        ("gel -18 °c", ["-18degc"]),
        ("-10-40°c", ["-10degc", "40degc"]),
        ("case -5 m", ["5000mm"]),
        ("0 to 60 °c", ["0degc", "60degc"]),
        ("-30 to 50 °c", ["-30degc", "50degc"]),
        ("5 bis 10 mm", ["5mm", "10mm"]),
        ("100~240v", ["100v", "240v"]),
        ("100...240 v", ["100v", "240v"]),
        ("no. 8 x 1-1/2 in. brass", ["8", "1.5in"]),
        ("#10 x 2 in", ["10", "2in"]),
        ("number 8 screws", ["8"]),
        ("no 60 hz hum", ["60hz"]),
        ("1/4-20 x 1 in.", ["1/4-20", "1in"]),
        ("10-32 mm", ["10mm", "32mm"]),
        ("10-33 screws", []),
        ("1,250 sheets", ["1250"]),
        ("reading glasses 2,5", ["2.5"]),
        ("sizes 3,4,5", []),
        ("500mlペットボトル", ["500ml"]),
        ("power-bank-10000mah", ["10000mah"]),
        ("approx.5 m", ["5000mm"]),
        ("size m 8 gb", ["8000mb"]),
        ("10sf-036 stealth", []),
        ("12v-24v", ["12v", "24v"]),
        ("20 ft-lbs", ["20ftlb"]),
        ("6/7/8 mm", ["6mm", "7mm", "8mm"]),
        ("3/4 pex pipe", ["0.75"]),
        ("1-1/2 pvc", ["1.5"]),
        ("2 1\u20442 elbow", ["2.5"]),
        ("80 g/m2 paper", ["80gsm"]),
        ("m6/m8 nuts", ["m6", "m8"]),
        ("12 in. x 12 in. x 10 mm tile", ["12x12in", "10mm"]),
        ("10 mm thick x 5 in. wide x 48 in. long", ["10mm", "5x48in"]),
        ("support 8h x 5d", ["28800000ms"]),
        ("led 9w 10l", ["9w", "10000ml"]),
        ("1.5米数据线", ["1500mm"]),
    ],
)
def test_amounts_are_found_in_a_text(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_a_text_of_numbers_costs_no_more_than_its_length() -> None:
    assert tokens("1 x " * 20_000) == tokens("1 x " * 40_000)[:5_000]


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("2.000 blatt", "2000"),
        ("usb 3,0", "3.0"),
        ("1.299,00 w", "1299w"),
        ("1.500 mm", "1500mm"),
        ("2,125 mm", "2.125mm"),
        ("2.5 mm", "2.5mm"),
        ("0,5 l", "500ml"),
    ],
)
def test_numbers_are_read_in_the_format_with_a_decimal_comma(text: str, token: str) -> None:
    assert tokens(text, decimal_comma=True) == [token]


@pytest.mark.parametrize(
    ("text", "token"),
    [("1,299.00 w", "1299w"), ("1,500 mm", "1500mm"), ("0,125 mm", "0.125mm"), ("1.299,00 w", "1299w")],
)
def test_numbers_are_read_in_the_format_with_a_decimal_point(text: str, token: str) -> None:
    assert tokens(text) == [token]


def test_places_are_those_of_the_text() -> None:
    text = 'tv 55 " and 1/2 in. hose 5 - 10 mm'
    assert [text[amount.start : amount.end] for amount in find_amounts(text)] == ['55 "', "1/2 in.", "10 mm"]


def test_query_accepts_both_counts_of_bytes_but_no_neighbour() -> None:
    assert [find_amounts(text)[0].alternatives for text in ("1 tb", "1024 gb", "250 gb", "256 gb", "500 gb")] == [
        ("1024000mb",),
        ("1000000mb",),
        (),
        (),
        (),
    ]


def test_query_for_a_size_without_unit_accepts_each_unit_and_the_other_way_round() -> None:
    bare, inches = find_amounts("2x4")[0], find_amounts("2 in. x 4 in.")[0]
    assert inches.token in bare.alternatives
    assert bare.token in inches.alternatives


def test_query_for_a_size_of_two_sides_accepts_the_other_order() -> None:
    assert "50x70" in find_amounts("frame 70 x 50")[0].alternatives
    assert "500x700mm" in find_amounts("frame 70 x 50 cm")[0].alternatives
    assert "4x2" not in find_amounts("2x4")[0].alternatives
    assert not {"8x4x2", "4x8"} & {*find_amounts("2x4x8")[0].alternatives}


def test_fraction_without_a_unit_may_be_inches_or_two_numbers() -> None:
    assert [find_amounts(text)[0].alternatives for text in ("3/4 pipe", "1-1/2 pipe")] == [
        ("0.75in", "3 4"),
        ("1.5in", "1 1 2"),
    ]
    assert find_amounts("iphone 7/8 case")[0].parts == ("0.875in", "7", "8")


def test_document_is_found_by_the_sides_of_its_size() -> None:
    (size,) = find_amounts("2 in. x 4 in. x 8 ft.")
    assert (size.token, set(size.parts)) == ("2x4x96in", {"2in", "4in", "96in", "2x4in", "4x96in", "2x4x8"})
    (bare,) = find_amounts("2x4x8")
    assert set(bare.parts) == {"2", "4", "8", "2x4", "4x8"}


def test_sign_between_two_systems_of_units_is_no_word() -> None:
    text = "tile 12 in. x 12 in. x 10 mm"
    assert "".join(text[amount.start : amount.end] for amount in find_amounts(text)) == "12 in. x 12 in. x 10 mm"


def test_bolt_is_also_found_without_its_m() -> None:
    assert "8x50" in find_amounts("bolt m8 x 50 mm")[0].parts


def test_cross_section_is_also_called_a_length() -> None:
    assert [amount.parts for amount in find_amounts("cable 2.5 mm2")] == [("2.5mm",)]
    assert [amount.parts for amount in find_amounts("tiles 20 m2")] == [()]


def test_count_of_pieces_is_also_the_number_alone() -> None:
    (pieces,) = find_amounts("6-pack")
    assert (pieces.alternatives, pieces.parts) == (("6",), ("6", "pack"))


def test_word_that_is_seldom_a_unit_is_one_beside_the_number_only() -> None:
    assert find_amounts("2 hp toner") == [Amount(0, 4, "2hp", parts=("2", "hp"), unsure=True)]
    assert find_amounts("2hp motor") == [Amount(0, 3, "2hp")]
    assert find_amounts("pack of 2 hp 301") == []


def test_unit_is_a_row_of_the_table() -> None:
    reader = AmountReader(UnitTable([*UNITS, Unit("g", "31.1034768", "troy ounce|ozt")]))
    assert [amount.token for amount in reader.find("2 troy ounces of silver")] == ["62.2069536g"]
    assert tokens("2 troy ounces of silver") == []


@pytest.mark.parametrize("token", ["43.2cm", "1920x1080", '17"', "2019", "10,000mah", "m8"])
def test_amounts_and_short_numbers_are_recognised(token: str) -> None:
    assert is_amount(token)


@pytest.mark.parametrize("token", ["laptop", "tn2110", "006r90321", "43.2cm-x", "12345", ""])
def test_words_and_codes_are_no_amounts(token: str) -> None:
    assert not is_amount(token)


numbers = st.decimals(min_value=Decimal("0.1"), max_value=Decimal(999_999), places=1)
units = st.sampled_from([unit for unit in UNITS if not unit.least and not unit.ambiguous and unit.base != "px"])


def spellings_of(number: Decimal, spelling: str) -> list[str]:
    plain, grouped = f"{number.normalize():f}", f"{number:,}"
    written = {plain, grouped, f"{number}0", plain.removeprefix("0") if plain.startswith("0.") else plain}
    if number < 1_000:
        written.add(f"{number}".replace(".", ","))
    spaces = ["", " "] if spelling != "'" else [""]
    return [f"{each}{space}{spelling}" for each in sorted(written) for space in spaces]


@given(number=numbers, unit=units, data=st.data())
def test_any_amount_has_one_token_however_it_is_written(number: Decimal, unit: Unit, data: st.DataObject) -> None:
    spelling = data.draw(st.sampled_from(unit.spellings.split("|")))
    assert {tuple(tokens(text)) for text in spellings_of(number, spelling)} == {tuple(tokens(f"{number}{spelling}"))}
    assert len(tokens(f"{number}{spelling}")) == 1


@given(pairs=st.lists(st.tuples(numbers, units), min_size=2, max_size=2))
def test_different_amounts_have_different_tokens(pairs: list[tuple[Decimal, Unit]]) -> None:
    values = {(number * Decimal(unit.factor), unit.base) for number, unit in pairs}
    found = {tokens(f"{number} {unit.spellings.split('|')[-1]}")[0] for number, unit in pairs}
    assert len(found) == len(values)


@given(text=st.text(alphabet="0123456789.,/x'\"- \u2044°minlbgk", max_size=40), decimal_comma=st.booleans())
def test_amounts_are_in_order_do_not_overlap_and_are_terms(text: str, *, decimal_comma: bool) -> None:
    end = 0
    for amount in find_amounts(text, decimal_comma=decimal_comma):
        assert end <= amount.start < amount.end <= len(text)
        end = amount.end
        for term in (amount.token, *" ".join(amount.alternatives).split()):
            assert term
            assert set(term) <= set("0123456789abcdefghijklmnopqrstuvwxyz./x_-")
