"""Rows of a CSV file into a table: parsed, told apart by a key, and saved in batches."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import reset_queries, transaction

from products.csv_fields import Parser
from products.csv_file import BadRow, CsvFile, Row

BATCH = 2_000  # rows: large enough for set-based SQL to pay, small enough to hold its locks briefly

Record = dict[str, Any]


@dataclass
class Outcome:
    """What became of the rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0

    def add(self, rows: int, created: int, updated: int) -> None:
        self.created += created
        self.updated += updated
        self.unchanged += rows - created - updated

    def __str__(self) -> str:
        told = f"{self.created:,} created, {self.updated:,} updated, {self.unchanged:,} unchanged"
        return f"{told}, {self.bad:,} bad rows skipped" if self.bad else told


@dataclass(frozen=True)
class Table:
    """A kind of file: a parser for each column, the column that is unique, and how a batch is saved.

    `save` returns how many rows it created and how many it changed.
    """

    name: str
    key: str
    columns: dict[str, Parser]
    save: Callable[[Sequence[Record]], tuple[int, int]]


@dataclass
class Import:
    """One file on its way into its table. With `strict` nothing is saved from the first bad row on."""

    table: Table
    file: CsvFile
    report: Callable[[BadRow], None]
    strict: bool = False
    outcome: Outcome = field(default_factory=Outcome)
    _line_of: dict[str, int] = field(default_factory=dict)

    def run(self) -> Iterator[int]:
        """Import; yields the line reached after each batch."""
        batch: list[Record] = []
        for row in self.file.rows():
            record = self._record(row)
            if record:
                batch.append(record)
            if len(batch) == BATCH:
                self._save(batch)
                batch = []
                yield row.line
        self._save(batch)
        yield self.file.lines

    def _record(self, row: Row | BadRow) -> Record | None:
        faults = [row] if isinstance(row, BadRow) else []
        record: Record = {}
        if isinstance(row, Row):
            record, faults = self._parse(row)
        for fault in faults:
            self.report(fault)
        self.outcome.bad += bool(faults)
        return None if faults else record

    def _parse(self, row: Row) -> tuple[Record, list[BadRow]]:
        record: Record = {}
        faults = []
        for column, parse in self.table.columns.items():
            try:
                record[column] = parse(row.values[column])
            except ValueError as error:
                faults.append(self.file.bad(row, column, str(error)))
        if not faults and (earlier := self._line_of.setdefault(record[self.table.key], row.line)) != row.line:
            key = self.table.key
            faults.append(self.file.bad(row, key, f"{record[key]!r} is already in line {earlier}"))
        return record, faults

    def _save(self, batch: list[Record]) -> None:
        if batch and not (self.strict and self.outcome.bad):
            with transaction.atomic():
                self.outcome.add(len(batch), *self.table.save(batch))
            reset_queries()  # with DEBUG on, Django keeps every statement
