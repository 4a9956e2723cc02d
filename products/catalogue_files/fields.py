"""Fields of a table that files may have, and how their raw values are read."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Protocol

from products.catalogue_files import cells

REQUIRED = object()  # as `empty`: the field cannot be erased


class Form(Enum):
    LINE = auto()
    TEXT = auto()  # on several lines
    CODE = auto()  # an identifier, which spreadsheets like to take for a number
    CODES = auto()
    NUMBER = auto()
    MONEY = auto()
    DATE = auto()
    PATH = auto()  # of a category
    PATHS = auto()  # several


@dataclass(frozen=True)
class Field:
    """`parse` makes a value of a cleaned one, or raises ValueError. `empty` is the value when it is erased.

    `parse_below` does the same where the header of the column says more about its values.

    With `combine` several columns may have values of it, two of which it makes one. A value that `is_dispensable` and
    cannot be read is left out, and the row saved without it.
    """

    parse: Callable[[Any], Any]
    form: Form = Form.LINE
    empty: Any = REQUIRED
    combine: Callable[[Any, Any], Any] | None = None
    is_dispensable: bool = False
    parse_below: Callable[[Any, str], Any] | None = None

    @property
    def is_repeatable(self) -> bool:
        return self.combine is not None


class ColumnReader(Protocol):
    """Learns from every text of a column how it is written; then `read` rewrites each for the field's parser."""

    def learn(self, text: str) -> None: ...
    def read(self, text: str) -> str: ...


def cleaned(raw: Any, form: Form, reader: ColumnReader | None) -> Any:
    """The value as the field's parser takes it. Raises ValueError for what a spreadsheet has damaged."""
    if isinstance(raw, list):
        return [cleaned(item, form, reader) for item in raw]
    if form in {Form.CODE, Form.CODES} and isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        if raw != int(raw) or "E" in str(raw):
            raise ValueError(f"{raw} is a number that a program has rounded; write it as text, in quotes")
        raw = str(int(raw))
    if not isinstance(raw, str):
        return raw
    if cells.SPREADSHEET_ERROR.fullmatch(raw):
        raise ValueError(f"{raw} is an error of a spreadsheet, not a value")
    if form is Form.CODES and raw.strip().casefold() in cells.NO_CODE:
        return ""
    if form in {Form.CODE, Form.CODES}:
        return _code(raw)
    text = cells.clean(raw) if form is Form.TEXT else cells.clean_line(raw)
    return reader.read(text) if reader else text


def _code(raw: str) -> str:
    text, advice = cells.clean_code(raw), "format the column as text, and export again"
    if cells.is_literal(raw):
        return text
    if any(cells.SHORTENED_NUMBER.fullmatch(part) for part in text.split()):
        raise ValueError(f"{text!r} is a number that a spreadsheet has shortened: {advice}")
    if cells.SPREADSHEET_DATE.fullmatch(text):
        raise ValueError(f"{text!r} is a date that a spreadsheet has made of a code: {advice}")
    return text
