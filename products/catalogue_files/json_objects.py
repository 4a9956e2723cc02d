"""Rows of JSON: objects, with nested objects and lists, one a line (JSON Lines) or in one array."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from products.catalogue_files.rows import BadRow, Row
from products.catalogue_files.source import Source
from products.errors import FileRefusedError

CHUNK = 1024 * 1024  # characters
CUT_OFF = "the file ends inside the array; is it complete?"
_DECODER = json.JSONDecoder()
# Members of an object that is an attribute: its name, its value or values, and its unit.
_OF_NAMED = (
    frozenset({"name", "key", "label", "attribute", "fname"}),
    frozenset({"value", "values", "option", "options", "fvalue"}),
    frozenset({"unit", "funit"}),
)
_NOT_SPACE = re.compile(r"\S")


class JsonObjects:
    """`is_array`: the file is one array of objects."""

    def __init__(self, source: Source, *, is_array: bool) -> None:
        self._source = source
        self._texts = self._of_array if is_array else self._of_lines
        self.described = "a JSON array" if is_array else "JSON Lines"

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row. A nested value is in the column 'outer.inner'. FileRefusedError for a broken array."""
        for line, text in self._texts():
            try:
                found = json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once)
                values = dict(_flat(found))
                if "\\u" in text:
                    _refuse_half_characters(found)
            except RecursionError:
                yield BadRow(self._source.name, line, "line", "its objects are nested too deeply")
            except ValueError as error:
                yield BadRow(self._source.name, line, "line", f"it is not JSON: {error}")
            else:
                yield Row(line, values)

    def _of_lines(self) -> Iterator[tuple[int, str]]:
        with self._source.text() as file:
            yield from ((line, text) for line, text in enumerate(file, start=1) if text.strip())

    def _of_array(self) -> Iterator[tuple[int, str]]:
        """The text of each element, and the line on which it begins."""
        with self._source.text() as file:
            array = _Array(file, self._source.name)
            array.take("[")
            if array.peek() == "]":
                array.take("]")
            else:
                yield array.element()
                while array.take(",]") == ",":
                    yield array.element()
            array.expect_end()


class _Array:
    """Reads an array step by step, holding little more than one element."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file, self._name = file, name
        self._text, self._at, self._line = "", 0, 1

    def peek(self) -> str:
        """The next character that is no white space; '' at the end."""
        while True:
            found = _NOT_SPACE.search(self._text, self._at)
            self._go_to(found.start() if found else len(self._text))
            if found or not self._read():
                return found[0] if found else ""

    def take(self, allowed: str) -> str:
        found = self.peek()
        if not found or found not in allowed:
            raise self._refused(f"{' or '.join(allowed)} is missing" if found else CUT_OFF)
        self._go_to(self._at + 1)
        return found

    def element(self) -> tuple[int, str]:
        if not self.peek():
            raise self._refused(CUT_OFF)
        while True:
            try:
                _, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._refused("its objects are nested too deeply") from error
            except ValueError as error:
                if not self._read():
                    raise self._refused(f"it is not JSON, or it is not complete: {error}") from error
            else:
                if end < len(self._text) or not self._read():  # a number may go on
                    break
        line, text = self._line, self._text[self._at : end]
        self._go_to(end)
        return line, text

    def expect_end(self) -> None:
        if self.peek():
            raise self._refused("text follows the end of the array")

    def _go_to(self, place: int) -> None:
        self._line += self._text.count("\n", self._at, place)
        self._at = place

    def _read(self) -> bool:
        """Read as much again as is held, so that a long element is not parsed many times. False at the end."""
        more = self._file.read(max(CHUNK, len(self._text) - self._at))
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)

    def _refused(self, reason: str) -> FileRefusedError:
        return FileRefusedError(f"{self._name}:{self._line}: {reason}")


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        if not path:
            raise ValueError("a row is an object such as {...}")
        yield from _named(value) or [(path, value)]
    elif path and value.keys() == {"value", "unit"}:
        yield path, _in_unit(value["value"], value["unit"])
    else:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else name)


def _named(value: Any) -> list[tuple[str, Any]]:
    """The attributes of a list such as [{"name": "Colour", "options": ["Black"]}], by column; [] for other values."""
    found: dict[str, Any] = {}
    for each in value if isinstance(value, list) else ():
        if not isinstance(each, dict):
            return []
        names, values, units = ([each[key] for key in each if key.casefold() in keys] for keys in _OF_NAMED)
        if len(names) != 1 or len(values) != 1 or not isinstance(names[0], str) or not names[0].strip():
            return []
        column = f"attributes.{names[0]}"
        read = _in_unit(values[0], units[0]) if units else values[0]
        found[column] = [*_as_list(found[column]), *_as_list(read)] if column in found else read
    return list(found.items())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _in_unit(value: Any, unit: Any) -> Any:
    """The value with its unit, or each of a list; alone if there is none, or if it can have none."""
    if isinstance(value, list):
        return [_in_unit(item, unit) for item in value]
    is_measure = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    if value == "" or not is_measure or not unit or not isinstance(unit, str) or str(value).endswith(unit):
        return value
    return f"{value} {unit}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is given twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number")


def _refuse_half_characters(found: Any) -> None:
    """JSON can write half of a surrogate pair, which no database stores."""
    try:
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise ValueError("it has half of a character (a lone surrogate)") from None
