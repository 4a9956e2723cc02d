"""Values of attributes in a file: the types of new ones are inferred over all values, the others must fit."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from foundation.amounts import Notation
from language.units import converted
from products.attribute_values import (
    FALSE_WORDS,
    TRUE_WORDS,
    AttributeKind,
    AttributeType,
    BadValueError,
    Value,
    canonical,
    infer_kind,
    is_number,
)
from products.catalogue_files import cells
from products.catalogue_files.columns import AttributeColumn
from products.catalogue_files.notations import NumberColumn

MOST_VALUES = 20_000  # different ones that are held of an attribute
_WORDS = TRUE_WORDS | FALSE_WORDS
_NO_NUMBER = "-"  # in place of '1.2 kg' where the file writes numbers with a comma: in doubt an attribute is a text


@dataclass
class _Learnt:
    """What is known about an attribute from its values in the file."""

    column: AttributeColumn
    numbers: NumberColumn
    declared: set[AttributeType | None] = field(default_factory=set)
    values: set[Any] = field(default_factory=set)
    is_text: bool = False
    _inferred: tuple[Notation | None, str, AttributeKind] | None = None  # of all values, and what it was inferred with

    def learn(self, value: Any, column: AttributeColumn) -> None:
        if column.label and not self.column.label:
            self.column = self.column._replace(label=column.label)
        if column.unit and not self.column.unit:
            self.column = self.column._replace(unit=column.unit)
        self.declared.add(column.type)
        if isinstance(value, list) or self.is_text:
            self.is_text = True
            return
        if isinstance(value, str):
            self.numbers.learn(value)
            # A unit says that the values are numbers, so one that is none does not decide.
            if value[:1].isalpha() and value.casefold() not in _WORDS and not self.column.unit:
                self.is_text, self.values = True, set()
                return
        found = (type(value), value)  # 1 is not True here
        if found not in self.values and (len(self.values) < MOST_VALUES or not self._fits(value)):
            self.values.add(found)
            self._inferred = None

    def follow(self, prices: Notation | None) -> None:
        """Read numbers as the prices are written, unless these values say otherwise: '1.200' may be 1200."""
        if self.numbers.notation is None:
            self.numbers = NumberColumn(is_money=False, forced=prices)

    def kind(self, prices: Notation | None) -> AttributeKind:
        if self.numbers.forced is None and prices not in {None, self.numbers.notation}:
            self.numbers = NumberColumn(is_money=False)
        if len(self.declared) == 1 and (declared := next(iter(self.declared))):
            return AttributeKind(declared, self.column.unit)
        if self.is_text:
            return AttributeKind(AttributeType.TEXT)
        values = [self.plain(value) for _, value in self.values]
        in_unit = AttributeKind(AttributeType.NUMBER, self.column.unit)
        if self.column.unit and 2 * sum(infer_kind([value], in_unit.unit) == in_unit for value in values) > len(values):
            return in_unit
        return infer_kind(values, self.column.unit)

    def plain(self, value: Any) -> Any:
        try:
            return self.numbers.read(value) if isinstance(value, str) else value
        except ValueError:
            return _NO_NUMBER

    def _fits(self, value: Any) -> bool:
        read_with = self.numbers.notation, self.column.unit
        if self._inferred is None or self._inferred[:2] != read_with:
            kind = infer_kind((self.plain(each) for _, each in self.values), self.column.unit)
            self._inferred = (*read_with, kind)
        try:
            return canonical(self.plain(value), self.column.code, self._inferred[2]) is not None
        except BadValueError:
            return False


def as_list(raw: Any) -> Any:
    """The texts of a cell such as ["Black", "Red"]; any other value as it is."""
    if isinstance(raw, str) and raw.startswith("["):
        with suppress(ValueError):
            found = json.loads(raw)
            if isinstance(found, list) and all(isinstance(item, str) for item in found):
                return found
    return raw


def cleaned_value(value: Any, kind: AttributeKind | None) -> Any:
    """A value, or each of a list, as the canonical form is made of it; `kind` is None for a new attribute."""
    if isinstance(value, list):
        return [cleaned_value(item, kind) for item in value]
    if isinstance(value, bool):
        # A text can say yes and no; a number cannot.
        return ("yes" if value else "no") if kind and kind.type is AttributeType.TEXT else value
    if not isinstance(value, str):
        return value
    if cells.SPREADSHEET_ERROR.fullmatch(value):
        raise ValueError(f"{value} is an error of a spreadsheet, not a value")
    return cells.clean_line(value)


def is_placeholder(raw: Any) -> bool:
    return isinstance(raw, str) and raw.strip().casefold() in cells.PLACEHOLDERS


def _with_unit(value: Any, unit: str, kind: AttributeKind) -> Any:
    """A bare number of a column in another unit than the attribute's, with that unit; ValueError if it has no place."""
    is_other = unit and kind.unit and cells.clean_line(unit).casefold() != kind.unit.casefold()
    if not is_other or kind.type is not AttributeType.NUMBER or not is_number(value):
        return value
    if converted(Decimal(1), unit, kind.unit) is None:
        raise ValueError(f"the column is in {unit}, the attribute in {kind.unit}")
    return f"{value} {unit}"


class AttributeColumns:
    """The attributes of a file. First `learn` every value, then `settle`, then `value`."""

    def __init__(self, known: Mapping[str, AttributeKind], decimal: Notation | None) -> None:
        self.kinds = dict(known)
        self._known = known
        self._decimal = decimal
        self._learnt: dict[str, _Learnt] = {}

    def learn(self, raw: Any, column: AttributeColumn) -> None:
        raw = as_list(raw)
        if isinstance(raw, list) and any(isinstance(each, dict | list) for each in raw):
            return  # no value of an attribute
        learnt = self._learnt.get(column.code)
        if learnt is None:
            learnt = self._learnt[column.code] = _Learnt(column, NumberColumn(is_money=False, forced=self._decimal))
        if isinstance(raw, str):
            raw = "" if is_placeholder(raw) else cells.clean_line(raw)
        if raw not in ("", None, []):
            learnt.learn(raw, column)

    def settle(self, prices: Notation | None) -> dict[str, AttributeKind]:
        """Decide the kinds of the attributes that do not exist yet; they are returned."""
        for found in self._learnt.values():
            found.follow(prices)
        new = {code: found.kind(prices) for code, found in self._learnt.items() if code not in self._known}
        self.kinds |= new
        return new

    @property
    def labels(self) -> dict[str, str]:
        return {code: found.column.label for code, found in self._learnt.items()}

    def value(self, raw: Any, column: AttributeColumn) -> Value | None:
        """The canonical value, None for none; ValueError when it does not fit."""
        if is_placeholder(raw):
            return None
        kind = self.kinds.get(column.code, AttributeKind(AttributeType.TEXT))
        raw = as_list(raw)
        found = []
        for each in raw if isinstance(raw, list) else [raw]:
            value = cleaned_value(each, kind)
            if isinstance(value, str) and kind.type is AttributeType.NUMBER:
                value = self._learnt[column.code].numbers.read(value)
            found.append(_with_unit(value, column.unit, kind))
        try:
            return canonical(found if isinstance(raw, list) else found[0], column.code, kind)
        except BadValueError as error:
            raise ValueError(str(error).removeprefix(f"{column.code}: ")) from None
