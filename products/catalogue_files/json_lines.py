"""Rows of JSON Lines: one object a line, with nested objects and lists."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from products.attribute_values import AttributeType
from products.catalogue_files.rows import BadRow, Row
from products.catalogue_files.source import Source

# Objects of attributes by code: of any type, or of the type that the name says.
GROUPS = ("attributes", *(kind.value for kind in AttributeType))


class JsonLines:
    described = "JSON Lines"

    def __init__(self, source: Source) -> None:
        self._source = source

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row. A nested value is in the column 'outer.inner'."""
        with self._source.text() as file:
            for line, text in enumerate(file, start=1):
                if not text.strip():
                    continue
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


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        if not path:
            raise ValueError("a line is an object such as {...}")
        yield path, value
    elif path and value.keys() == {"value", "unit"}:
        yield path, f"{value['value']} {value['unit']}"
    else:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else name)


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
