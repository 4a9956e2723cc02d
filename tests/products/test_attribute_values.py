"""Values of attributes have one canonical form for each type, and never change the type."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.attribute_values import (
    AttributeKind,
    AttributeType,
    BadValueError,
    canonical,
    canonical_attributes,
    code_for,
    infer_kind,
    is_code,
    value_key,
)

pytestmark = pytest.mark.unit

TEXT, NUMBER, BOOLEAN = (
    AttributeKind(kind) for kind in (AttributeType.TEXT, AttributeType.NUMBER, AttributeType.BOOLEAN)
)
GB = AttributeKind(AttributeType.NUMBER, "GB")
INCH = AttributeKind(AttributeType.NUMBER, '"')


@pytest.mark.parametrize(
    ("value", "kind", "stored"),
    [
        *[
            (value, GB, 8)
            for value in ("8", "8.0", "8 GB", "8GB", " 8\xa0gb", "+8", 8, 8.0, Decimal("8.00"), "8e0", [8])
        ],
        ('15.6"', INCH, 15.6),
        ("\N{MINUS SIGN}20", NUMBER, -20),
        ("-0", NUMBER, 0),
        (".5", NUMBER, 0.5),
        ("1234567890123", NUMBER, 1234567890123),
        *[(value, BOOLEAN, True) for value in ("Yes", "TRUE", "1", 1, True, "y", 1.0)],
        *[(value, BOOLEAN, False) for value in ("no", "False", "0", 0, False, "N")],
        ("  Dark \t blue\n", TEXT, "Dark blue"),
        ("Bl\u200bue\ufeff \u00ad", TEXT, "Blue"),
        ("Cafe\u0301", TEXT, "Café"),
        ("m²", TEXT, "m²"),
        (8.0, TEXT, "8"),
        (["USB A", "usb  a", "HDMI"], TEXT, ["USB A", "HDMI"]),
        (["Red"], TEXT, "Red"),
        *[
            (value, kind, None)
            for value in ("", "  ", None, [], [""], "\u200b", float("nan"))
            for kind in (TEXT, GB, BOOLEAN)
        ],
    ],
)
def test_value_has_one_form(value: Any, kind: AttributeKind, stored: Any) -> None:
    found = canonical(value, "code", kind)
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *[
            (value, GB)
            for value in ("8 kg", "eight", "8,5", "1 000", "NaN", "inf", "1e400", True, [8, 16], "0x8", "8 GB x")
        ],
        ("8 GB", NUMBER),
        ("12345678901234567", NUMBER),  # a double would change it
        ("٣", NUMBER),
        *[(value, BOOLEAN) for value in ("maybe", "2", 2, [True, False])],
        *[(value, TEXT) for value in (True, {"a": 1}, [["a"]])],
    ],
)
def test_value_of_another_type_is_refused_by_name(value: Any, kind: AttributeKind) -> None:
    with pytest.raises(BadValueError) as caught:
        canonical(value, "memory", kind)
    assert (caught.value.code, caught.value.expected) == ("memory", kind.type)
    assert str(caught.value).startswith("memory: ")


def test_error_says_what_does_not_fit() -> None:
    with pytest.raises(BadValueError, match=r"^memory: '8 kg' is not a number: its unit is GB$"):
        canonical("8 kg", "memory", GB)


@pytest.mark.parametrize(
    ("value", "unit", "stored"),
    [
        ("16 gigabytes", "GB", 16),
        ("8192 MB", "GB", 8),  # memory counts in 1024
        ("512 MB", "GB", 0.5),
        ("500000 MB", "GB", 500),  # disks in 1000
        ("0.5 TB", "GB", 500),
        ("2097152 KB", "GB", 2),
        ("50 mm", "cm", 5),
        ("1.5 m", "cm", 150),
        ("0.1 m", "mm", 100),
        ('27"', "inch", 27),
        ("6 ft", "in", 72),
        ("750 g", "kg", 0.75),
        ("1 lb", "oz", 16),
        ("20 cl", "ml", 200),
        ("1.2 kW", "W", 1200),
        ("90 min", "h", 1.5),
        ("20 min", "hours", 0.333333333333333),  # as many digits as are stored
        ("2 sq. m", "m²", 2),
        ("4.7 µF", "nF", 4700),
        ("-5 °C", "Celsius", -5),
        ("2 t", "kg", None),
        ("16 kg", "GB", None),
        ("5 cm", "inch", None),  # metric and imperial are never converted
        ("70 °F", "°C", None),
        ("5 MW", "kW", None),  # a megawatt, not the milliwatt that search takes it for
        ("8192 Mb", "GB", None),  # megabits
        ("16 GB DDR4", "GB", None),
        ("5 mm", "Nm", None),
        ("5 mm", "", None),
    ],
)
def test_value_in_another_unit_is_converted_or_refused(value: str, unit: str, stored: float | None) -> None:
    kind = AttributeKind(AttributeType.NUMBER, unit)
    if stored is None:
        with pytest.raises(BadValueError):
            canonical(value, "size", kind)
    else:
        assert canonical(value, "size", kind) == stored


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["8", "16.5", ""], NUMBER),
        ([8, 16.5, None], NUMBER),
        (["8 GB", "16 gb", "4"], GB),
        (["5 m", "10m"], AttributeKind(AttributeType.NUMBER, "m")),
        (['15.6"', '17"'], INCH),
        (["20 °C"], AttributeKind(AttributeType.NUMBER, "°C")),
        (["8 GB", "512 MB"], TEXT),  # by 1000 or by 1024
        (["500 g", "1.2 kg", "750g"], AttributeKind(AttributeType.NUMBER, "g")),
        (["1.5 kg", "500 g"], AttributeKind(AttributeType.NUMBER, "g")),
        (["500 g", "1.2 kg", "3"], TEXT),
        (["500 g", "2 lb"], TEXT),
        (["10 pcs", "1 pack"], TEXT),
        (["3D"], TEXT),
        (["00123", "45"], TEXT),  # a code
        (["0", "0.5"], NUMBER),
        (["1e5", "2E3"], TEXT),  # codes
        (["7", "2e10"], TEXT),
        (["1.5e+05", "2e-3", "1.5e5"], NUMBER),
        (["12345678901234567"], TEXT),
        (["Red", "8"], TEXT),
        (["yes", "No"], BOOLEAN),
        ([True, False], BOOLEAN),
        (["0", "1"], NUMBER),
        (["N", "Y"], TEXT),
        ([True, "8"], TEXT),
        ([["a", "b"]], TEXT),
        (["10 x 20"], TEXT),
        (["1 - 2"], TEXT),
        ([], TEXT),
        (["", None], TEXT),
    ],
)
def test_type_is_inferred_from_all_values(values: list[Any], kind: AttributeKind) -> None:
    assert infer_kind(values) == kind


@given(
    st.lists(
        st.text()
        | st.integers()
        | st.booleans()
        | st.floats(allow_infinity=False)
        | st.sampled_from(["8 GB", "3.5", "yes", "0"])
    )
)
def test_values_always_fit_the_inferred_type_and_their_form_is_stable(values: list[Any]) -> None:
    kind = infer_kind(values)
    for value in values:
        if kind.type is AttributeType.TEXT and isinstance(value, bool):
            continue  # beside others, a bare yes is reported
        stored = canonical(value, "code", kind)
        if stored is not None:
            assert canonical(stored, "code", kind) == stored


def test_all_bad_values_are_reported_and_empty_ones_left_out() -> None:
    found, bad = canonical_attributes(
        {"memory": "8 GB", "wifi": "perhaps", "weight": "heavy", "colour": " Red ", "old": None, "new": "5 kg"},
        {"memory": GB, "wifi": BOOLEAN, "weight": NUMBER, "colour": TEXT, "old": TEXT},
    )
    assert found == {"memory": 8, "colour": "Red", "new": 5}
    assert [error.code for error in bad] == ["wifi", "weight"]


def test_same_value_has_one_key() -> None:
    assert {value_key(value) for value in ("Dark  BLUE", "dark blue", "\uff24\uff21\uff32\uff2b blue")} == {"dark blue"}
    assert {value_key(value) for value in (8, 8.0, "8")} == {"8"}
    assert value_key(1e21) == "1" + "0" * 21


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Screen size [inch]", "screen_size_inch"),
        ("  Wi-Fi ", "wi_fi"),
        ("Größe", "größe"),
        ("色", "色"),
        ("रंग", "रंग"),
        ("***", ""),
        ("x" * 200, "x" * 100),
    ],
)
def test_label_has_a_code(label: str, code: str) -> None:
    assert code_for(label) == code
    assert not code or is_code(code)


@pytest.mark.parametrize("code", ["", "A", "a b", "a__b", "_a", "a=b", "a.b", "x" * 101])
def test_what_is_no_code(code: str) -> None:
    assert not is_code(code)
