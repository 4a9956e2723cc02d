"""Imports files into a table: learns how their columns are written, then saves them batch by batch."""

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import connection, reset_queries

from foundation.amounts import Notation
from foundation.transactions import in_one_transaction
from products.attribute_values import AttributeKind
from products.catalogue_files import cells
from products.catalogue_files.attribute_columns import AttributeColumns
from products.catalogue_files.catalogue_file import CatalogueFile
from products.catalogue_files.columns import Column, Meanings, folded
from products.catalogue_files.fields import REQUIRED, ColumnReader, Field, Form, cleaned
from products.catalogue_files.known_headers import as_toml, proposed_mapping
from products.catalogue_files.notations import DateColumn, DateOrder, NumberColumn, PathsColumn
from products.catalogue_files.row_shapes import RowShape
from products.catalogue_files.rows import BadRow, Row, Saved
from products.errors import FileRefusedError

BATCH = 2_000  # rows: large enough for set-based SQL to pay, small enough to hold its locks briefly

Record = dict[str, Any]  # values by field; one that is missing is not changed


@dataclass(frozen=True)
class Table:
    """A kind of file: its fields, the one that identifies a row, other names of fields, and its services.

    `save` saves a batch, or with `dry_run` only counts. `has` says whether a row with exactly this key is stored.
    """

    name: str
    key: str
    fields: Mapping[str, Field]
    save: Callable[..., Saved]
    has: Callable[[str], bool] = lambda _key: False
    aliases: Mapping[str, str] = field(default_factory=dict)
    complete: Callable[[Record, Collection[str]], None] = lambda _record, _fields: None
    known_attributes: Callable[[], Mapping[str, tuple[str, AttributeKind]]] | None = None  # label and kind by code
    ensure_attributes: Callable[..., dict[str, AttributeKind]] | None = None

    @property
    def names(self) -> dict[str, str]:
        """Every name of a field in a header -> the field."""
        return {folded(name): name for name in self.fields} | {folded(name): to for name, to in self.aliases.items()}


@dataclass(frozen=True)
class Options:
    strict: bool = False
    dry_run: bool = False
    clear_empty: bool = False
    all_attributes: bool = True
    mapping: Mapping[str, str] = field(default_factory=dict)
    decimal: Notation | None = None
    currency_sign: str = ""
    dates: DateOrder | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass
class TableImport:
    """The import of one file: `learn`, then `run`. With `strict` nothing is saved after the first bad row."""

    table: Table
    path: Path
    report: Callable[[BadRow], None]
    options: Options = field(default_factory=Options)
    saved: Saved = field(default_factory=Saved)
    bad: int = 0
    rows: int = 0
    keys: set[str] = field(default_factory=set)  # of every row, good or bad; after `learn`
    unreadable: int = 0  # rows without a key; after `learn`
    proposal: dict[str, str] = field(default_factory=dict)  # a mapping for the headers; a dry run applies it
    shape: RowShape | None = None
    new_attributes: dict[str, AttributeKind] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    _readers: dict[str, ColumnReader] = field(default_factory=dict)
    _header_of: dict[str, str] = field(default_factory=dict)  # of each field that the file has
    _lines: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = CatalogueFile(self.path, encoding=self.options.encoding, delimiter=self.options.delimiter)
        self._meanings = self._meanings_with({})
        headers = self.file.columns
        if headers is None:  # JSON has no header: the columns of the first rows
            rows = itertools.islice(self.file.rows(), BATCH)
            headers = list(dict.fromkeys(header for row in rows if isinstance(row, Row) for header in row.values))
        for header in headers:
            if header in self.columns:
                raise FileRefusedError(f"{self.file.name}: the header has {header!r} twice")
            self._column(header)
        if self.table.known_attributes:
            mapped = {header for header in headers if folded(header) in self.options.mapping}
            others = [header for header in headers if not self.columns[header].field and header not in mapped]
            nameable = [header for header in others if header not in self.file.unnamed]
            self.proposal = proposed_mapping(nameable, list(self.columns.values()))
        if self.proposal and self.options.dry_run:
            folded_mapping = {folded(header): target for header, target in self.proposal.items()}
            self.options = replace(self.options, mapping={**folded_mapping, **self.options.mapping})
        self._reset_meanings({})
        self._check_columns()

    def learn(self) -> Iterator[int]:
        """Read the whole file to know how its columns are written; yields the lines read."""
        known = self.table.known_attributes() if self.table.known_attributes else {}
        self._reset_meanings({code: label for code, (label, _) in known.items()})
        self._attributes = AttributeColumns({code: kind for code, (_, kind) in known.items()}, self.options.decimal)
        for number, row in enumerate(self._rows(), start=1):
            if isinstance(row, BadRow):
                self.unreadable += 1
                continue
            for header, raw in row.values.items():
                column = self.columns.get(header) or self._column(header)
                if column.attribute:
                    self._attributes.learn(raw, column.attribute)
                elif isinstance(raw, str) and (reader := self._reader(column.field)):
                    reader.learn(cells.clean_line(raw))
            if key := self._key_of(row):
                self.keys.add(key)
            else:
                self.unreadable += 1
            if number % BATCH == 0:
                yield row.line
        self._check_columns()
        prices = self._readers.get("price")
        self.new_attributes = self._attributes.settle(prices.notation if isinstance(prices, NumberColumn) else None)

    def run(self) -> Iterator[int]:
        """Import; yields the last line of each batch."""
        if self.new_attributes and self.table.ensure_attributes and not self.options.dry_run:
            self._attributes.kinds |= self.table.ensure_attributes(
                kinds=self.new_attributes, labels=self._attributes.labels
            )
        batch: list[tuple[int, Record]] = []
        for row in self._rows():
            if isinstance(row, BadRow):
                self._refuse(row)
            elif record := self._record(row):
                batch.append((row.line, record))
            if len(batch) == BATCH:
                self._save(batch)
                batch = []
                yield row.line
        self._save(batch)
        yield self.file.lines

    def _rows(self) -> Iterator[Row | BadRow]:
        return self.shape.rows(self.file.rows) if self.shape else self.file.rows()

    def _reset_meanings(self, labels: Mapping[str, str]) -> None:
        self._meanings = self._meanings_with(labels)
        headers = list(self.columns)
        self.columns, self._header_of = {}, {}
        for header in headers:
            self._column(header)
        self.shape = RowShape.of(list(self.columns.values()), self.file.bad)

    def _meanings_with(self, labels: Mapping[str, str]) -> Meanings:
        return Meanings(
            fields=self.table.names,
            mapping=self.options.mapping,
            known=labels,
            all_attributes=self.options.all_attributes,
            with_attributes=self.table.known_attributes is not None,
        )

    def _column(self, header: str) -> Column:
        is_unnamed = header in self.file.unnamed and folded(header) not in self.options.mapping
        column = self.columns[header] = Column(header) if is_unnamed else self._meanings.of(header)
        if column.field:
            self._header_of.setdefault(column.field, header)
        return column

    def _check_columns(self) -> None:
        if self.file.columns is None and not self.columns:
            return  # JSON has no header; its columns are known after `learn`
        fields = [column for column in self.columns.values() if column.field]
        if not any(column.field == self.table.key for column in fields):
            found = ", ".join(self.columns)[:500]
            where = "the first line, which is the header, has" if self.file.columns else "found"
            others = f"; the others may be:\n\n{as_toml(self.proposal)}" if self.proposal else ""
            advice = (
                f'say which one is, in a file for --mapping: [columns] "Header" = "{self.table.key}"{others}'
                if self.options.dry_run
                else "--dry-run proposes a mapping for headers of other systems"
            )
            raise FileRefusedError(
                f"{self.file.name}: no column is the {self.table.key} of {self.table.name} ({where}: {found}); {advice}"
            )
        by_target: dict[str, str] = {}
        for column in self.columns.values():
            target = column.field or (f"attr:{column.attribute.code}" if column.attribute else "")
            is_single = not (column.field and self.table.fields[column.field].is_repeatable)
            is_named_by_cells = column.attribute and column.header not in (self.file.columns or ())
            if not target or not is_single or is_named_by_cells:
                continue
            if earlier := by_target.get(target):
                raise FileRefusedError(f"{self.file.name}: {earlier!r} and {column.header!r} are both {target}")
            by_target[target] = column.header

    def _reader(self, name: str) -> ColumnReader | None:
        if name and name not in self._readers:
            match self.table.fields[name].form:
                case Form.MONEY:
                    reader: ColumnReader = NumberColumn(True, self.options.decimal, self.options.currency_sign)  # noqa: FBT003
                case Form.NUMBER:
                    reader = NumberColumn(False, self.options.decimal)  # noqa: FBT003
                case Form.DATE:
                    reader = DateColumn(self.options.dates)
                case Form.PATHS:
                    reader = PathsColumn()
                case _:
                    return None
            self._readers[name] = reader
        return self._readers.get(name)

    def _key_of(self, row: Row) -> str:
        """The row's key; '' when it has none, or one that cannot be read."""
        form = self.table.fields[self.table.key].form
        for header, raw in row.values.items():
            if (self.columns.get(header) or self._column(header)).field == self.table.key:
                try:
                    return str(cleaned(raw, form, None) or "")
                except ValueError:
                    break
        return ""

    def _record(self, row: Row) -> Record | None:
        """The values of the row by field. None for a bad row, whose faults are reported."""
        record: Record = {}
        attributes: Record = {}
        faults: list[BadRow] = []
        headers = self.columns if self.options.clear_empty and self.file.columns else row.values
        for header in headers:
            column, raw = self.columns[header], row.values.get(header)
            try:
                if column.field:
                    self._set_field(record, column.field, raw)
                elif column.attribute:
                    self._set_attribute(attributes, column, raw)
            except ValueError as error:
                faults.append(self.file.bad(row.line, column.header, str(error)))
        if attributes:
            record["attributes"] = attributes
        faults = self._faults_of_key(row, record, faults) + faults
        for fault in faults:
            self._refuse(fault, count=fault is faults[0])
        if faults:
            return None
        self.table.complete(record, self._header_of)
        return record

    def _set_field(self, record: Record, name: str, raw: Any) -> None:
        described = self.table.fields[name]
        value = cleaned(raw, described.form, self._reader(name))
        if value in ("", None, []):
            if self.options.clear_empty and described.empty is REQUIRED and name != self.table.key:
                raise ValueError("it is empty")
            if self.options.clear_empty:
                record.setdefault(name, described.empty)
            return
        parsed = described.parse(value)
        if described.combine and name in record:
            parsed = described.combine(record[name], parsed)
        record[name] = parsed

    def _set_attribute(self, attributes: Record, column: Column, raw: Any) -> None:
        assert column.attribute  # noqa: S101 - for the type checker
        value = None if raw in ("", None, []) else self._attributes.value(raw, column.attribute)
        code = column.attribute.code
        if value is None and not self.options.clear_empty:
            return
        if (earlier := attributes.get(code)) is not None and value is not None:  # JSON may have it under two types
            value = self._attributes.value(_as_list(earlier) + _as_list(value), column.attribute)
        attributes[code] = value

    def _faults_of_key(self, row: Row, record: Record, others: Sequence[BadRow]) -> list[BadRow]:
        key = record.get(self.table.key)
        header = self._header_of[self.table.key]
        if not key and all(fault.column != header for fault in others):  # invisible characters are not a key
            return [self.file.bad(row.line, header, "it is empty")]
        if not key or others:
            return []
        line, earlier = self._lines.setdefault(key.casefold(), (row.line, key))
        if earlier != key and self.table.has(key):  # both are stored already
            line, earlier = self._lines.setdefault(f"\0{key}", (row.line, key))
        if line == row.line:
            return []
        if earlier == key:
            return [self.file.bad(row.line, header, f"{key!r} is already in line {line}")]
        return [self.file.bad(row.line, header, f"{key!r} differs only in case from {earlier!r} in line {line}")]

    def _refuse(self, fault: BadRow, *, count: bool = True) -> None:
        self.report(fault)
        self.bad += count

    def _save(self, batch: list[tuple[int, Record]]) -> None:
        if not batch or (self.options.strict and self.bad):
            return
        records = [record for _, record in batch]
        if self.options.dry_run:
            saved = self.table.save(records=records, dry_run=True)
        elif connection.in_atomic_block:
            saved = self.table.save(records=records)  # in the caller's transaction, of the whole file with `strict`
        else:
            saved = in_one_transaction(self.table.save)(records=records)
        self.saved.add(saved)
        self.rows += len(batch) - len(saved.refused)
        for line, record in batch:
            if reason := saved.refused.get(record[self.table.key]):
                name = saved.refused_fields.get(record[self.table.key], self.table.key)
                self._refuse(self.file.bad(line, self._header_of.get(name, name), reason))
        reset_queries()  # with DEBUG on, Django stores every statement


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
