"""A file of rows, whatever its form."""

from collections.abc import Iterator
from pathlib import Path

from products.catalogue_files import cells
from products.catalogue_files.delimited import DELIMITERS, Delimited
from products.catalogue_files.json_objects import JsonObjects
from products.catalogue_files.rows import BadRow, Row
from products.catalogue_files.source import Source, StoredFile
from products.catalogue_files.workbook import Workbook, is_workbook
from products.errors import FileRefusedError


class CatalogueFile:
    """CSV, JSON or an Excel workbook, as its first bytes say. `columns` are those of a header: JSON has none.

    Of several columns with one name each has its own here, and `repeated` has the name that the file gives it.
    """

    def __init__(self, path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        stored = StoredFile(path)
        self.name = stored.name
        self._form: Workbook | JsonObjects | Delimited
        if is_workbook(stored.path):
            self._form = Workbook(stored)
            self.lines, self.described = self._form.lines, self._form.described
        else:
            source = Source(stored, encoding or "")
            self._form = _of_text(source, DELIMITERS.get(delimiter or "", ""))
            self.lines, self.described = source.lines, f"{source.described}, {self._form.described}"
        self.columns = None if isinstance(self._form, JsonObjects) else self._form.columns
        named = [] if isinstance(self._form, JsonObjects) else self._form.named
        self.repeated = {column: name for column, name in zip(self.columns or (), named, strict=True) if column != name}
        self.unnamed = {name for number, name in enumerate(self.columns or ()) if name == cells.place(number)}

    def is_repeated(self, column: str) -> bool:
        return column in self.repeated or column in self.repeated.values()

    def rows(self) -> Iterator[Row | BadRow]:
        return self._form.rows()

    def bad(self, line: int, column: str, reason: str) -> BadRow:
        return BadRow(self.name, line, column, reason)


def _of_text(source: Source, delimiter: str) -> JsonObjects | Delimited:
    with source.text() as text:
        lines = (line.strip() for line in text if line.strip())
        start, second = next(lines, ""), next(lines, "")
    is_array = start.startswith("[")
    if not is_array and not start.startswith("{"):
        return Delimited(source, delimiter)
    if second and not is_array and not second.startswith("{"):
        advice = "write one object on each line, or an array of them (jq '.products')"
        raise FileRefusedError(f"{source.name}: this is JSON over several lines, not JSON Lines: {advice}")
    return JsonObjects(source, is_array=is_array)
