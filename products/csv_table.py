"""Imports a CSV file into a table: parses rows, refuses repeated keys, saves batches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import reset_queries, transaction

from products.csv_fields import Parser
from products.csv_file import BadRow, CsvFile, CsvRow

BATCH = 2_000  # rows: large enough for set-based SQL to pay, small enough to hold its locks briefly

Record = dict[str, Any]


@dataclass
class ImportedRows:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0

    def __str__(self) -> str:
        saved = f"{self.created:,} created, {self.updated:,} updated, {self.unchanged:,} unchanged"
        return f"{saved}, {self.bad:,} bad rows skipped" if self.bad else saved


@dataclass(frozen=True)
class Table:
    """A kind of file: a parser for each column, the unique column, and how a batch is saved.

    `save` returns how many rows it created and how many it changed.
    """

    name: str
    key: str
    columns: dict[str, Parser]
    save: Callable[[Sequence[Record]], tuple[int, int]]


@dataclass
class TableImport:
    """The import of one file. With `strict` nothing is saved after the first bad row."""

    table: Table
    file: CsvFile
    report: Callable[[BadRow], None]
    strict: bool = False
    result: ImportedRows = field(default_factory=ImportedRows)
    _line_of: dict[str, int] = field(default_factory=dict)

    def run(self) -> Iterator[int]:
        """Import; yields the last line of each batch."""
        batch: list[Record] = []
        for row in self.file.rows():
            if record := self._parse(row):
                batch.append(record)
            if len(batch) == BATCH:
                self._save(batch)
                batch = []
                yield row.line
        self._save(batch)
        yield self.file.lines

    def _parse(self, row: CsvRow | BadRow) -> Record | None:
        """The values of the row by column. None for a bad row, whose faults are reported."""
        record: Record = {}
        faults: list[BadRow] = []
        if isinstance(row, BadRow):
            faults.append(row)
        else:
            for column, parse in self.table.columns.items():
                try:
                    record[column] = parse(row.values[column])
                except ValueError as error:
                    faults.append(self.file.bad(row, column, str(error)))
            if not faults and (earlier := self._line_of.setdefault(record[self.table.key], row.line)) != row.line:
                key = self.table.key
                faults.append(self.file.bad(row, key, f"{record[key]!r} is already in line {earlier}"))
        for fault in faults:
            self.report(fault)
        self.result.bad += bool(faults)
        return None if faults else record

    def _save(self, batch: list[Record]) -> None:
        if not batch or (self.strict and self.result.bad):
            return
        with transaction.atomic():
            created, updated = self.table.save(batch)
        self.result.created += created
        self.result.updated += updated
        self.result.unchanged += len(batch) - created - updated
        reset_queries()  # with DEBUG on, Django stores every statement
