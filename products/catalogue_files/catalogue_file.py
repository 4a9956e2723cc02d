"""A file of rows, whatever its form."""

from collections.abc import Iterator
from pathlib import Path

from products.catalogue_files.delimited import DELIMITERS, Delimited
from products.catalogue_files.json_objects import JsonObjects
from products.catalogue_files.rows import BadRow, Row
from products.catalogue_files.source import Source
from products.errors import FileRefusedError


class CatalogueFile:
    """CSV, JSON Lines or a JSON array, as the first character says. `columns` are those of a header: JSON has none."""

    def __init__(self, path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        source = Source(path, encoding or "")
        self.name, self.lines = source.name, source.lines
        with source.text() as text:
            lines = (line.strip() for line in text if line.strip())
            start, second = next(lines, ""), next(lines, "")
        if start.startswith("{") and second and not second.startswith("{"):
            advice = "write one object on each line, or an array of them (jq '.products')"
            raise FileRefusedError(f"{self.name}: this is JSON over several lines, not JSON Lines: {advice}")
        forced = DELIMITERS.get(delimiter or "", "")
        is_array = start.startswith("[")
        self._form: JsonObjects | Delimited = (
            JsonObjects(source, is_array=is_array) if is_array or start.startswith("{") else Delimited(source, forced)
        )
        self.columns = self._form.columns if isinstance(self._form, Delimited) else None
        self.unnamed = self._form.unnamed if isinstance(self._form, Delimited) else frozenset[str]()
        self.described = f"{source.described}, {self._form.described}"

    def rows(self) -> Iterator[Row | BadRow]:
        return self._form.rows()

    def bad(self, line: int, column: str, reason: str) -> BadRow:
        return BadRow(self.name, line, column, reason)
