"""Types of attributes are inferred over all values of a file, however many there are."""

from collections.abc import Iterable
from typing import Any

import pytest

from products.attribute_values import AttributeKind, AttributeType, infer_kind
from products.catalogue_files import attribute_columns
from products.catalogue_files.attribute_columns import AttributeColumns
from products.catalogue_files.columns import AttributeColumn

WEIGHT = AttributeColumn("weight", "Weight")


def learnt(values: Iterable[Any]) -> AttributeKind:
    columns = AttributeColumns({}, None)
    for value in values:
        columns.learn(value, WEIGHT)
    return columns.settle(None)["weight"]


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
