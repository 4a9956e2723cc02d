"""Rows of an Excel workbook: those of its first sheet, with a header."""

import itertools
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from defusedxml.ElementTree import ParseError
from openpyxl.utils.exceptions import InvalidFileException

from products.catalogue_files import cells
from products.catalogue_files.header_row import MAX_TITLES, place_of_header
from products.catalogue_files.rows import BadRow, Row
from products.catalogue_files.source import StoredFile
from products.errors import FileRefusedError

CONTENT = "xl/workbook.xml"  # in the archive that a workbook is
EXACT_DIGITS = 15  # of a number; the others are noise of the binary form, which Excel does not show
_FIXED_WIDTH = re.compile(r"0{2,}")  # a number's format: with zeros in front
BROKEN = (InvalidFileException, ParseError, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError)


class Workbook:
    """Raises FileRefusedError for a file that is damaged, or without a header."""

    def __init__(self, stored: StoredFile) -> None:
        self._stored = stored
        with self._sheets() as (first, *others):
            unread = f" (not read: {', '.join(sheet.title for sheet in others)})" if others else ""
            self.described = f"Excel workbook, sheet {first.title}{unread}"
            self._header_line, header = _header(_lines(first))
            self.named = cells.header(map(str, header))
            self.columns = cells.distinct(self.named)
            self.lines = max((line for line, _ in _lines(first)), default=0)
        if not self.columns:
            raise self._refused("the first sheet is empty; it starts with a header such as sku, name, price")

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row. Numbers are numbers, and dates are texts such as 2026-03-31."""
        with self._sheets() as sheets:
            for line, found in _lines(sheets[0]):
                if line <= self._header_line:
                    continue
                if len(found) > len(self.columns):
                    reason = f"the row has {len(found)} values, not {len(self.columns)}"
                    yield BadRow(self._stored.name, line, cells.place(len(self.columns)), reason)
                    continue
                yield Row(line, {name: value for name, value in zip(self.columns, found, strict=False) if value != ""})

    @contextmanager
    def _sheets(self) -> Iterator[list[Any]]:
        try:
            with (
                self._stored.path.open("rb") as file,
                closing(openpyxl.load_workbook(file, read_only=True, data_only=True)) as book,
            ):
                shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
                if not shown:
                    raise self._refused("it has no sheet with rows")
                yield shown
        except BROKEN as error:
            raise self._refused(f"the Excel workbook is damaged or protected by a password ({error})") from error

    def _refused(self, reason: str) -> FileRefusedError:
        return FileRefusedError(f"{self._stored.name}: {reason}")


def is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return CONTENT in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _lines(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Rows that are not blank, up to their last value, with their numbers."""
    sheet.reset_dimensions()  # what programs write there may be wrong
    for line, row in enumerate(sheet.iter_rows(), start=1):
        found = [_value(cell) for cell in row]
        while found and found[-1] == "":
            found.pop()
        if found:
            yield line, found


def _header(lines: Iterator[tuple[int, list[Any]]]) -> tuple[int, list[Any]]:
    begin = list(itertools.islice(lines, MAX_TITLES + 1))
    return begin[place_of_header([list(map(str, row)) for _, row in begin])] if begin else (0, [])


def _value(cell: Any) -> Any:
    """What a cell shows; '' for nothing."""
    value = cell.value
    match value:
        case None:
            value = ""
        case str():
            value = cells.as_typed(value)
        case float():
            value = Decimal(f"{value:.{EXACT_DIGITS}g}")
        case int() if not isinstance(value, bool) and _FIXED_WIDTH.fullmatch(cell.number_format):
            value = str(value).zfill(len(cell.number_format))
        case datetime() if value.time() == time.min:
            value = value.date().isoformat()
        case date() | time() | timedelta():
            value = str(value)  # the ISO form
    return value
