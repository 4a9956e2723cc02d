"""Types of attributes are inferred over all values of a file, however many there are."""

from collections.abc import Iterable
from typing import Any

import pytest

from foundation.amounts import Notation
from products.attribute_values import AttributeKind, AttributeType, infer_kind
from products.catalogue_files import attribute_columns
from products.catalogue_files.attribute_columns import AttributeColumns
from products.catalogue_files.columns import AttributeColumn, Meanings

WEIGHT = AttributeColumn("weight", "Weight")


def learnt(values: Iterable[Any]) -> AttributeKind:
    columns = AttributeColumns({}, None)
    for value in values:
        columns.learn(value, WEIGHT)
    return columns.settle(None)["weight"]


@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        ("screen-size", AttributeColumn("screen-size")),
        ("attr:screen-size", AttributeColumn("screen-size")),
        ("Screen size", AttributeColumn("screen-size", "Screen size")),
        ("colour", AttributeColumn("colour")),
        ("Hue", AttributeColumn("colour", "Hue")),
        ("attr:max-load", AttributeColumn("max-load")),
        ("Max-load", AttributeColumn("max_load", "Max-load")),
    ],
)
def test_header_names_an_attribute_by_its_code_before_its_label(header: str, attribute: AttributeColumn) -> None:
    known = {"screen-size": "Screen size", "colour": "Hue", "shade": "colour"}
    assert Meanings(fields={}, mapping={}, known=known).of(header).attribute == attribute


def test_value_beyond_those_that_are_held_is_compared_with_what_was_inferred_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inferred = []

    def counted(values: Iterable[Any], unit: str = "") -> AttributeKind:
        inferred.append(unit)
        return infer_kind(values, unit)

    monkeypatch.setattr(attribute_columns, "MOST_VALUES", 10)
    monkeypatch.setattr(attribute_columns, "infer_kind", counted)
    assert learnt(f"{number} g" for number in range(100)) == (AttributeType.NUMBER, "g")
    assert len(inferred) == 2  # beyond the tenth value, and at the end


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        (["12 g", "1.5 kg"], (AttributeType.NUMBER, "g")),
        (["12 g", "heavy", "30 g"], (AttributeType.TEXT, "")),
        (["1,5 g", "12 V", "30 g"], (AttributeType.TEXT, "")),
        (["30 g", "1.299,50 g"], (AttributeType.NUMBER, "g")),
    ],
)
def test_value_beyond_those_that_are_held_still_decides(
    monkeypatch: pytest.MonkeyPatch, last: list[str], kind: tuple[AttributeType, str]
) -> None:
    monkeypatch.setattr(attribute_columns, "MOST_VALUES", 10)
    assert learnt([*(f"{number} g" for number in range(20)), *last]) == kind


@pytest.mark.parametrize("prices", [None, *Notation])
@pytest.mark.parametrize(
    "values",
    [
        ["2D", "3D", "2D"],
        ["75B", "80B", "85B"],
        ["38R", "40R", "42R"],
        ["2611033447", "261111160X", "2611043213"],
        ["01067", "04109", "09111"],
        ["0123", "0456A", "0999"],
    ],
)
def test_codes_are_texts_however_the_file_writes_prices(prices: Notation | None, values: list[str]) -> None:
    columns = AttributeColumns({}, None)
    for value in values:
        columns.learn(value, WEIGHT)
    assert columns.settle(prices)["weight"] == (AttributeType.TEXT, "")
    assert [columns.value(value, WEIGHT) for value in values] == values


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1.8 g/L", "4,5 g/l", "2 g/l"], (AttributeType.TEXT, "")),
        (["500 g", "1.2 kg", "1,5 kg"], (AttributeType.TEXT, "")),
        (["500 g", "1,2 kg", "1,5kg"], (AttributeType.NUMBER, "kg")),
    ],
)
def test_value_with_the_other_decimal_mark_makes_a_text_of_the_attribute(
    values: list[str], kind: tuple[AttributeType, str]
) -> None:
    columns = AttributeColumns({}, None)
    for value in values:
        columns.learn(value, WEIGHT)
    assert columns.settle(Notation.COMMA)["weight"] == kind
    assert all(columns.value(value, WEIGHT) is not None for value in values)
