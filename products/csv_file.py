"""CSV files in which a catalogue is exchanged: UTF-8, a header, and one row for each thing."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from products.errors import FileRefusedError

CHUNK = 1024 * 1024  # bytes
WELL_FORMED_FIELD = re.compile(r'(?:"(?:[^"]|"")*"|[^",]*),')
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
REASONS = {
    "unexpected end of data": "a quote is opened and never closed",
    "field larger than field limit": "a value is longer than 131072 characters; is a quote opened and never closed?",
    "expected after": "text follows a closing quote; is a quote never closed, or one inside a value not doubled?",
}


@dataclass(frozen=True)
class Row:
    """Values by column, without white space around them, and the line on which the row starts."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True)
class BadRow:
    """A row, or a value in it, that cannot be used, and why."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


class CsvFile:
    """A file whose encoding and header are right; one that is wrong as a whole raises FileRefusedError."""

    def __init__(self, path: Path, columns: Iterable[str]) -> None:
        self.path = path
        self._columns = tuple(columns)
        try:
            self.lines = _count_lines(path)
            self._header = self._read_header()
        except OSError as error:
            raise FileRefusedError(f"{path}: {error.strerror or error}") from error

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row, read as it is asked for. A bad one does not hide those after it."""
        for line, record in _records(self.path):
            if line == self._header.line:
                continue
            if isinstance(record, _Broken):
                yield self._bad(line, record.column, record.reason)
            elif len(record) != len(self._header.columns):
                yield self._wrong_length(line, record)
            else:
                yield Row(line, {name: value.strip() for name, value in zip(self._header.columns, record, strict=True)})

    def bad(self, row: Row, column: str, reason: str) -> BadRow:
        return BadRow(str(self.path), row.line, column, reason)

    def _bad(self, line: int, place: int, reason: str) -> BadRow:
        columns = self._header.columns
        column = columns[place] if place < len(columns) else f"column {place + 1}"
        return BadRow(str(self.path), line, column, reason)

    def _wrong_length(self, line: int, record: list[str]) -> BadRow:
        wanted = len(self._header.columns)
        return self._bad(line, min(len(record), wanted), f"the row has {len(record)} values, not {wanted}")

    def _read_header(self) -> "_Header":
        for line, record in _records(self.path):
            if isinstance(record, _Broken):
                raise FileRefusedError(f"{self.path}:{line}: in the header {record.reason}")
            names = [name.strip() for name in record]
            if sorted(names) != sorted(self._columns):
                raise FileRefusedError(f"{self.path}:{line}: {_header_fault(names, self._columns)}")
            return _Header(line, names)
        raise FileRefusedError(f"{self.path}: the file is empty; it starts with a header: {','.join(self._columns)}")


@dataclass(frozen=True)
class _Header:
    line: int
    columns: list[str]


@dataclass(frozen=True)
class _Broken:
    """A record that is not CSV: the place of the column at fault, from 0, and the reason."""

    column: int
    reason: str


class _Lines:
    """Physical lines of a file that can go back to the second line of the record being read.

    A quote that is never closed swallows the lines after it; going back saves the rows in them.
    """

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self.first = 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._file)
        self.record.append(line)
        return line

    def start_record(self) -> None:
        self.first += len(self.record)
        self.record = []

    def go_back(self) -> None:
        self._again.extendleft(reversed(self.record[1:]))
        del self.record[1:]


def _records(path: Path) -> Iterator[tuple[int, list[str] | _Broken]]:
    """Every record that is not blank, with the line on which it starts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, strict=True)
        while True:
            lines.start_record()
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield lines.first, _Broken(_column_at_fault("".join(lines.record)), _reason(error))
                lines.go_back()
                continue
            if any(record):
                yield lines.first, record


def _column_at_fault(text: str) -> int:
    place, end = 0, 0
    while match := WELL_FORMED_FIELD.match(text, end):
        place, end = place + 1, match.end()
    return place


def _reason(error: csv.Error) -> str:
    return next((reason for words, reason in REASONS.items() if words in str(error)), str(error))


def _header_fault(found: list[str], wanted: Iterable[str]) -> str:
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted]
    twice = sorted({name for name in found if found.count(name) > 1})
    faults = {"missing": missing, "unknown": unknown, "given twice": twice}
    told = "; ".join(f"{fault}: {', '.join(map(repr, names))}" for fault, names in faults.items() if names)
    return f"wrong header ({told}); it must name {','.join(wanted)}"


def _count_lines(path: Path) -> int:
    """The file's lines; refuses what is no file, or is not UTF-8 from the first byte to the last."""
    if path.exists() and not path.is_file():
        raise FileRefusedError(f"{path}: this is {'a directory' if path.is_dir() else 'not a file'}")
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        if (start := file.read(2)) in UTF_16_MARKS:
            raise FileRefusedError(f"{path}: the file is UTF-16; save it as UTF-8")
        file.seek(0)
        while chunk := file.read(CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n") + 1
                raise FileRefusedError(
                    f"{path}:{line}: the file is not UTF-8 ({error.reason}); save it as UTF-8"
                ) from error
            lines += chunk.count(b"\n")
        _finish(decoder, path, lines)
    return lines + 1 if start else 0


def _finish(decoder: codecs.IncrementalDecoder, path: Path, lines: int) -> None:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRefusedError(f"{path}:{lines + 1}: the file ends inside a character; is it complete?") from error
