"""The CSV files of a catalogue: UTF-8, a header, and one row for each product or store."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from products.errors import FileRefusedError

CHUNK = 1024 * 1024  # bytes
WELL_FORMED_FIELD = re.compile(r'(?:"(?:[^"]|"")*"|[^",]*),')
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Part of a message of `csv.Error` -> the reason in our words.
REASONS = {
    "unexpected end of data": "a quote is opened and never closed",
    "field larger than field limit": "a value is longer than 131072 characters; is a quote opened and never closed?",
    "expected after": "text follows a closing quote; is a quote never closed, or one inside a value not doubled?",
}


@dataclass(frozen=True)
class CsvRow:
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
    """A file with a valid encoding and header. Raises FileRefusedError for any other file."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        try:
            self.lines = _count_lines(path)
            self._header_line, self._columns = _read_header(path, columns)
        except OSError as error:
            raise FileRefusedError(f"{path}: {error.strerror or error}") from error

    def rows(self) -> Iterator[CsvRow | BadRow]:
        """Every row, streamed from the file. A bad row does not hide the rows after it."""
        for line, record in _records(self.path):
            if line == self._header_line:
                continue
            if isinstance(record, _Broken):
                place, reason = record.place, record.reason
            elif len(record) != len(self._columns):
                place = min(len(record), len(self._columns))
                reason = f"the row has {len(record)} values, not {len(self._columns)}"
            else:
                yield CsvRow(line, {name: value.strip() for name, value in zip(self._columns, record, strict=True)})
                continue
            column = self._columns[place] if place < len(self._columns) else f"column {place + 1}"
            yield BadRow(str(self.path), line, column, reason)

    def bad(self, row: CsvRow, column: str, reason: str) -> BadRow:
        return BadRow(str(self.path), row.line, column, reason)


def _read_header(path: Path, wanted: Sequence[str]) -> tuple[int, list[str]]:
    """The line of the header, which is the first record, and its columns in their order."""
    for line, record in _records(path):
        if isinstance(record, _Broken):
            raise FileRefusedError(f"{path}:{line}: in the header {record.reason}")
        names = [name.strip() for name in record]
        if sorted(names) == sorted(wanted):
            return line, names
        faults = {
            "missing": [name for name in wanted if name not in names],
            "unknown": [name for name in names if name not in wanted],
            "given twice": sorted({name for name in names if names.count(name) > 1}),
        }
        described = "; ".join(f"{fault}: {', '.join(map(repr, found))}" for fault, found in faults.items() if found)
        raise FileRefusedError(f"{path}:{line}: wrong header ({described}); it must name {','.join(wanted)}")
    raise FileRefusedError(f"{path}: the file is empty; it starts with a header: {','.join(wanted)}")


@dataclass(frozen=True)
class _Broken:
    """A record that is not valid CSV: the place of the bad value, from 0, and the reason."""

    place: int
    reason: str


class _Lines:
    """Physical lines of a file, with a way back to the second line of the current record.

    A quote that is never closed swallows the lines after it. Going back recovers the rows in them.
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
                yield lines.first, _broken("".join(lines.record), str(error))
                lines.go_back()
                continue
            if any(record):
                yield lines.first, record


def _broken(text: str, message: str) -> _Broken:
    place, end = 0, 0
    while match := WELL_FORMED_FIELD.match(text, end):
        place, end = place + 1, match.end()
    return _Broken(place, next((reason for part, reason in REASONS.items() if part in message), message))


def _count_lines(path: Path) -> int:
    """The number of lines. Refuses what is not a file, or not UTF-8 to the last byte."""
    if path.exists() and not path.is_file():
        raise FileRefusedError(f"{path}: this is {'a directory' if path.is_dir() else 'not a file'}")
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        if (start := file.read(2)) in UTF_16_MARKS:
            raise FileRefusedError(f"{path}: the file is UTF-16; save it as UTF-8")
        file.seek(0)
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
                lines += chunk.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n") + 1
            if error.reason == "unexpected end of data":
                reason = "the file ends inside a character; is it complete?"
            else:
                reason = f"the file is not UTF-8 ({error.reason}); save it as UTF-8"
            raise FileRefusedError(f"{path}:{line}: {reason}") from error
    return lines + 1 if start else 0
