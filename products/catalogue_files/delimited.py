"""Rows of CSV: values between commas, semicolons, tabs or pipes, with a header."""

import csv
import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from products.catalogue_files import cells
from products.catalogue_files.header_row import MAX_TITLES, place_of_header
from products.catalogue_files.known_headers import names_sku
from products.catalogue_files.rows import BadRow, Row
from products.catalogue_files.source import Source
from products.errors import FileRefusedError

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
LONGEST_VALUE = 10_000_000  # characters; a quote that is never closed takes so many before it is noticed
DELIMITER_LINE = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)  # as Excel writes and reads it
# Part of a message of `csv.Error` -> the reason in our words.
REASONS = {
    "unexpected end of data": "a quote is opened and never closed",
    "field larger than field limit": (
        f"a value is longer than {LONGEST_VALUE:,} characters; is a quote opened and never closed?"
    ),
    "expected after": "text follows a closing quote; is a quote never closed, or one inside a value not doubled?",
}
csv.field_size_limit(LONGEST_VALUE)
_QUOTED = re.compile(r'"[^"]*"')


class Delimited:
    """Raises FileRefusedError for a file without a valid header. `delimiter` is detected when it is empty."""

    def __init__(self, source: Source, delimiter: str = "") -> None:
        self._source = source
        with source.text() as file:
            begin = list(itertools.islice((line for line in file if line.strip()), MAX_TITLES + 1)) or [""]
        named = DELIMITER_LINE.fullmatch(begin[0])
        self._first_line = 2 if named else 1
        self._delimiter = delimiter or (named[1] if named else _delimiter(begin))
        self._header_line, self.named = self._header()
        self.columns = cells.distinct(self.named)

    @property
    def described(self) -> str:
        return f"separated by {next(name for name, one in DELIMITERS.items() if one == self._delimiter)}s"

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row, streamed from the file. A bad row does not hide the rows after it."""
        for line, record in self._records():
            if line <= self._header_line:
                continue
            if not isinstance(record, _Broken) and not any(record[len(self.columns) :]):
                del record[len(self.columns) :]  # delimiters behind the last value
            if isinstance(record, _Broken):
                place, reason = record.place, record.reason
            elif len(record) != len(self.columns):
                place = min(len(record), len(self.columns))
                reason = f"the row has {len(record)} values, not {len(self.columns)}"
            else:
                texts = zip(self.columns, record, strict=True)
                yield Row(line, {name: cells.as_typed(text) for name, text in texts if text})
                continue
            column = self.columns[place] if place < len(self.columns) else cells.place(place)
            yield BadRow(self._source.name, line, column, reason)

    def _header(self) -> tuple[int, list[str]]:
        """The line of the header, and what it calls the columns, in their order."""
        begin: list[tuple[int, list[str]]] = []
        for line, record in itertools.islice(self._records(), MAX_TITLES + 1):
            if isinstance(record, list):
                begin.append((line, record))
            elif begin:
                break
            else:
                raise FileRefusedError(f"{self._source.name}:{line}: in the header {record.reason}")
        if not begin:
            raise FileRefusedError(
                f"{self._source.name}: the file is empty; it starts with a header such as sku,name,price"
            )
        line, header = begin[place_of_header([record for _, record in begin])]
        return line, cells.header(header)

    def _records(self) -> Iterator[tuple[int, "list[str] | _Broken"]]:
        """Every record that is not blank, with the line on which it starts."""
        with self._source.text() as file:
            lines = _Lines(file)
            for _ in range(self._first_line - 1):
                next(lines)
            reader = csv.reader(lines, strict=True, delimiter=self._delimiter)
            while True:
                lines.start_record()
                try:
                    record = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield lines.first, _broken("".join(lines.record), str(error), self._delimiter)
                    lines.go_back()
                    continue
                if any(record):
                    yield lines.first, record


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


def _delimiter(begin: Sequence[str]) -> str:
    """What a table with these first lines is separated by: what its header has most often, outside quotes.

    The header is the line that names the SKU between delimiters, else the first one.
    """
    for line in begin:
        mark = max(DELIMITERS.values(), key=_QUOTED.sub("", line).count)
        names = line.rstrip("\r\n").split(mark)
        if len(names) > 1 and any(names_sku(name.strip(' "')) for name in names):
            return mark
    return max(DELIMITERS.values(), key=_QUOTED.sub("", begin[0]).count)


def _broken(text: str, message: str, delimiter: str) -> _Broken:
    mark = re.escape(delimiter)
    well_formed_field = re.compile(rf'(?:"(?:[^"]|"")*"|[^"{mark}]*){mark}')
    place, end = 0, 0
    while match := well_formed_field.match(text, end):
        place, end = place + 1, match.end()
    return _Broken(place, next((reason for part, reason in REASONS.items() if part in message), message))
