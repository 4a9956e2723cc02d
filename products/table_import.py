"""Imports files into a table: learns how their columns are written, then saves them batch by batch."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.db import connection, reset_queries

from foundation.transactions import in_one_transaction
from products.attribute_values import AttributeKind, AttributeType
from products.catalogue_files import cells
from products.catalogue_files.attribute_columns import AttributeColumns
from products.catalogue_files.catalogue_file import CatalogueFile
from products.catalogue_files.category_columns import PathColumn, PathsColumn
from products.catalogue_files.columns import IGNORED, Column, Meanings, folded
from products.catalogue_files.fields import REQUIRED, ColumnReader, Form, cleaned
from products.catalogue_files.known_headers import proposed_mapping
from products.catalogue_files.notations import DateColumn, NumberColumn
from products.catalogue_files.row_shapes import RowShape
from products.catalogue_files.rows import BadRow, Row, Saved
from products.errors import FileRefusedError
from products.left_out import LeftOut
from products.missing_columns import advice_for_key, without_key, without_required
from products.tables import BATCH, Options, Record, Table


@dataclass
class TableImport:
    """The import of one file: `learn`, then `run`. With `strict` nothing is saved after the first bad row.

    A value that a row can do without does not make it bad, except with `strict`: it is in `left_out`.
    """

    table: Table
    path: Path
    report: Callable[[BadRow], None]
    options: Options = field(default_factory=Options)
    saved: Saved = field(default_factory=Saved)
    left_out: LeftOut = field(default_factory=LeftOut)
    bad: int = 0
    rows: int = 0
    rows_to_import: int = 0  # good or bad; after `learn`
    keys: set[str] = field(default_factory=set)  # of every row, good or bad; after `learn`
    unreadable: int = 0  # rows without a key; after `learn`
    proposal: dict[str, str] = field(default_factory=dict)  # a mapping for the headers; a dry run applies it
    shape: RowShape | None = None
    new_attributes: dict[str, AttributeKind] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    _readers: dict[str, ColumnReader] = field(default_factory=dict)
    _header_of: dict[str, str] = field(default_factory=dict)  # of each field that the file has
    _lines: dict[str, tuple[int, str]] = field(default_factory=dict)
    _lacks_columns: bool = False

    def __post_init__(self) -> None:
        self.file = CatalogueFile(self.path, encoding=self.options.encoding, delimiter=self.options.delimiter)
        self._meanings = self._meanings_with({})
        headers = self.file.columns
        if headers is None:  # JSON has no header: the columns of the first rows
            rows = itertools.islice(self.file.rows(), BATCH)
            headers = list(dict.fromkeys(header for row in rows if isinstance(row, Row) for header in row.values))
        for header in headers:
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
        self.rows_to_import = 0
        for number, row in enumerate(self._rows(), start=1):
            self.rows_to_import = number
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
        """Import; yields the number of rows that it has read."""
        if self.new_attributes and self.table.ensure_attributes and not self.options.dry_run:
            self._attributes.kinds |= self.table.ensure_attributes(
                kinds=self.new_attributes, labels=self._attributes.labels
            )
        batch: list[tuple[int, Record]] = []
        for number, row in enumerate(self._rows(), start=1):
            if isinstance(row, BadRow):
                self._refuse(row)
            elif record := self._record(row):
                batch.append((row.line, record))
            if len(batch) == BATCH:
                self._save(batch)
                batch = []
                yield number
        self._save(batch)
        yield self.rows_to_import

    @property
    def notes(self) -> Iterator[str]:
        """What may be wrong with columns of which no value is wrong; after `learn`."""
        for name, reader in self._readers.items():
            if isinstance(reader, PathColumn | PathsColumn) and reader.note:
                yield f"{self._header_of[name]}: {reader.note}"

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
        is_mapped = folded(header) in self.options.mapping
        if header in self.file.unnamed and not is_mapped:
            column = Column(header)
        else:
            column = self._meanings.of(header if is_mapped else self.file.repeated.get(header, header))
            column = replace(column, header=header)
            if column.attribute and self.file.is_repeated(header):  # several values, of which each is a text
                several = column.attribute._replace(type=column.attribute.type or AttributeType.TEXT)
                column = replace(column, attribute=several)
        self.columns[header] = column
        if column.field:
            self._header_of.setdefault(column.field, header)
        return column

    def _check_columns(self) -> None:
        if self.file.columns is None and not self.columns:
            return  # JSON has no header; its columns are known after `learn`
        fields = [column for column in self.columns.values() if column.field]
        if not any(column.field == self.table.key for column in fields):
            where = "the first line, which is the header, has" if self.file.columns else "found"
            advice = "--dry-run proposes a mapping for headers of other systems"
            if self.options.dry_run:
                advice = advice_for_key(self.table.key, self.proposal, list(self.columns))
            fault = without_key(self.table.key, self.table.name, where=where, headers=self.columns, advice=advice)
            raise FileRefusedError(f"{self.file.name}: {fault}")
        by_target: dict[str, str] = {}
        for column in self.columns.values():
            target = column.field or (f"attr:{column.attribute.code}" if column.attribute else "")
            is_single = not (column.field and self.table.fields[column.field].is_repeatable)
            is_named_by_cells = column.attribute and column.header not in (self.file.columns or ())
            is_repeated = column.attribute and column.header in self.file.repeated
            if not target or not is_single or is_named_by_cells or is_repeated:
                continue
            if earlier := by_target.get(target):
                advice = f'for --mapping: [columns] "{column.header}" = "{IGNORED}"'
                fault = f"{earlier!r} and {column.header!r} are both {target}; say which one is not, in a file {advice}"
                raise FileRefusedError(f"{self.file.name}: {fault}")
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
                case Form.PATH:
                    reader = PathColumn()
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
        errors: list[BadRow] = []
        left_out: list[BadRow] = []
        headers = self.columns if self.options.clear_empty and self.file.columns else row.values
        for header in headers:
            column, raw = self.columns[header], row.values.get(header)
            try:
                if column.field:
                    self._set_field(record, column, raw)
                elif column.attribute:
                    self._set_attribute(attributes, column, raw)
            except ValueError as error:
                is_dispensable = not column.field or self.table.fields[column.field].is_dispensable
                errors.append(self.file.bad(row.line, column.header, str(error)))
                left_out += errors[-1:] if is_dispensable and not self.options.strict else []
        if attributes:
            record["attributes"] = attributes
        faults = [error for error in errors if error not in left_out]
        of_key = self._faults_of_key(row, record, faults)
        if of_key or faults:
            for number, fault in enumerate([*of_key, *errors]):
                self._refuse(fault, count=not number)
            return None
        self.left_out.add(left_out)
        self.table.complete(record, self._header_of)
        return record

    def _set_field(self, record: Record, column: Column, raw: Any) -> None:
        name = column.field
        described = self.table.fields[name]
        value = cleaned(raw, described.form, self._reader(name))
        if value in ("", None, []):
            if self.options.clear_empty and described.empty is REQUIRED and name != self.table.key:
                raise ValueError("it is empty")
            if self.options.clear_empty:
                record.setdefault(name, described.empty)
            return
        parsed = described.parse_below(value, column.header) if described.parse_below else described.parse(value)
        if described.combine and name in record:
            parsed = described.combine(record[name], parsed)
        record[name] = parsed

    def _set_attribute(self, attributes: Record, column: Column, raw: Any) -> None:
        assert column.attribute  # noqa: S101 - for the type checker
        value = None if raw in ("", None, []) else self._attributes.value(raw, column.attribute)
        code = column.attribute.code
        if value is None and self.options.clear_empty:
            attributes.setdefault(code, None)
        if value is None:
            return
        if (earlier := attributes.get(code)) is not None:  # from another column, or in JSON under another type
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
        batch = self._without_incomplete(batch, saved)
        self.rows += len(batch) - len(saved.refused)
        for line, record in batch:
            if reason := saved.refused.get(record[self.table.key]):
                name = saved.refused_fields.get(record[self.table.key], self.table.key)
                self._refuse(self.file.bad(line, self._header_of.get(name, name), reason))
        reset_queries()  # with DEBUG on, Django stores every statement

    def _without_incomplete(self, batch: list[tuple[int, Record]], saved: Saved) -> list[tuple[int, Record]]:
        """The batch; empty if no row of the file can be saved for want of a column, which is reported once."""
        missing = [name for name in self.table.required if name not in self._header_of]
        refused = list(saved.refused.values())
        if not missing or self.rows or refused.count(self.table.incomplete) < len(batch):
            return batch
        if not self._lacks_columns:
            self._lacks_columns = True
            reason = without_required(missing, list(self.columns))
            self._refuse(self.file.bad(batch[0][0], missing[0], reason), count=False)
        self.bad += len(batch)
        saved.refused.clear()
        return []


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
