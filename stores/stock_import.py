"""Imports stock files (CSV, Excel, JSON): how many units of a product a store has, or received."""

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import reset_queries

from foundation.amounts import Notation, read_number
from products.catalogue_files import cells
from products.catalogue_files.catalogue_file import CatalogueFile
from products.catalogue_files.columns import folded
from products.catalogue_files.fields import Form, cleaned
from products.catalogue_files.notations import NumberColumn
from products.catalogue_files.rows import BadRow, Row
from products.errors import FileRefusedError
from products.models import Product
from stores import services
from stores.models import StockAdjustment, Store
from stores.services import StockRow

BATCH = 2_000  # rows: orders for them wait until it is committed
COLUMNS = ("sku", "store", "quantity")
NAMED = {"sku": "product with this SKU", "store": "store with this code"}  # column -> what its value names
LONGEST_NAME = (StockAdjustment.reason.field.max_length or 0) - 50  # of a file; the lines follow it
_DIGITS = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[\d.,'+ -]*", re.ASCII)


@dataclass
class ImportedStock:
    saved: int = 0
    negative: int = 0  # counts below zero, saved as 0
    outdated: int = 0
    bad: int = 0

    def __str__(self) -> str:
        others = {
            "negative counts saved as 0": self.negative,
            "outdated rows skipped": self.outdated,
            "bad rows skipped": self.bad,
        }
        return ", ".join([f"{self.saved:,} saved", *(f"{rows:,} {what}" for what, rows in others.items() if rows)])


@dataclass(frozen=True, slots=True)
class _StockLine:
    """A row of the file: its values by column, as text, and the quantity as it is."""

    line: int
    sku: str
    store: str
    quantity: Any


@dataclass
class _StockRows:
    """A set of (store, product) with one bit for each, because a file may have tens of millions."""

    _bits: defaultdict[int, bytearray] = field(default_factory=lambda: defaultdict(bytearray))

    def add(self, row: StockRow) -> bool:
        """Add a row; whether it is new."""
        store_id, product_id = row
        bits, (place, bit) = self._bits[store_id], divmod(product_id, 8)
        bits.extend(bytes(max(0, place + 1 - len(bits))))
        new = not bits[place] >> bit & 1
        bits[place] |= 1 << bit
        return new


@dataclass
class StockImport:
    """The import of a file: counts of one time, or deliveries when `counted_at` is None.

    Each batch is a transaction. Counts may name a product at a store once; deliveries of the same
    are added up. Rows before `from_line` are skipped; `next_line` is the first that is not saved.
    """

    file: CatalogueFile
    report: Callable[[BadRow], None]
    counted_at: datetime | None
    from_line: int = 1
    decimal: Notation | None = None
    result: ImportedStock = field(default_factory=ImportedStock)
    next_line: int = 1
    _seen: _StockRows = field(default_factory=_StockRows)

    def __post_init__(self) -> None:
        """FileRefusedError unless the header has exactly the columns, in any case and order."""
        found = self.file.columns
        if found is not None and sorted(map(folded, found)) != sorted(COLUMNS):
            faults = {
                "missing": [name for name in COLUMNS if name not in map(folded, found)],
                "unknown": [name for name in found if folded(name) not in COLUMNS and name not in self.file.repeated],
                "given twice": sorted(set(self.file.repeated.values())),
            }
            described = "; ".join(f"{fault}: {', '.join(map(repr, names))}" for fault, names in faults.items() if names)
            raise FileRefusedError(f"{self.file.name}: wrong header ({described}); it must name {','.join(COLUMNS)}")

    def check(self) -> Iterator[int]:
        """Report the bad rows and save nothing; yields the last line of each batch."""
        self.result = ImportedStock()
        for batch in self._batches():
            self.result.saved += sum(map(len, self._read(batch).values()))
            yield batch[-1].line
        self._seen = _StockRows()

    def save(self) -> Iterator[int]:
        """Save the valid rows and report the others; yields the last line of each batch."""
        self.result = ImportedStock()
        for batch in self._batches():
            self._save(self._read(batch), f"lines {batch[0].line} to {batch[-1].line}")
            self.next_line = batch[-1].line + 1
            yield batch[-1].line

    def _batches(self) -> Iterator[Sequence[_StockLine | BadRow]]:
        rows = (self._stock_line(row) for row in self.file.rows() if row.line >= self.from_line)
        while batch := list(itertools.islice(rows, BATCH)):
            yield batch
            reset_queries()  # with DEBUG on, Django stores every statement

    def _stock_line(self, row: Row | BadRow) -> _StockLine | BadRow:
        if isinstance(row, BadRow):
            return row
        values = {folded(name): raw for name, raw in row.values.items()}
        if unknown := values.keys() - set(COLUMNS):
            return self.file.bad(row.line, min(unknown), f"a row has {', '.join(COLUMNS)} only")
        found = {}
        for name in NAMED:
            try:
                found[name] = str(cleaned(values.get(name, ""), Form.CODE, None))
            except ValueError as error:
                return self.file.bad(row.line, name, str(error))
        return _StockLine(row.line, found["sku"], found["store"], values.get("quantity", ""))

    def _read(self, batch: Sequence[_StockLine | BadRow]) -> dict[StockRow, list[tuple[_StockLine, int]]]:
        """The rows that can be saved, with their units, by (store, product)."""
        rows = [row for row in batch if isinstance(row, _StockLine)]
        # PostgreSQL refuses NUL in a text.
        skus, codes = ({text for row in rows if "\0" not in (text := getattr(row, name))} for name in NAMED)
        ids = {
            "sku": dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk")),
            "store": dict(Store.objects.filter(code__in=codes).values_list("code", "pk")),
        }
        valid: defaultdict[StockRow, list[tuple[_StockLine, int]]] = defaultdict(list)
        for row in batch:
            faults = [row] if isinstance(row, BadRow) else list(self._faults(row, ids))
            if isinstance(row, _StockLine) and not faults:
                stock_row = ids["store"][row.store], ids["sku"][row.sku]
                if self.counted_at is None or self._seen.add(stock_row):
                    valid[stock_row].append((row, self._units(row)))
                else:
                    faults = [self.file.bad(row.line, "sku", "the product's stock at this store is in an earlier line")]
            self._refuse(faults)
        return valid

    def _quantity(self, raw: Any) -> int:
        """Units, not below zero for a delivery; ValueError with the reason for a bad value."""
        number = raw if isinstance(raw, Decimal) else self._number(raw)
        text = raw if isinstance(raw, Decimal) else cells.clean_line(str(raw))
        if number is None or number != number.to_integral_value():
            raise ValueError(f"{str(text)!r} is not a whole number such as 12")
        if number < 0 and self.counted_at is None:
            raise ValueError(f"a delivery is not negative: {text}")
        if abs(number) > services.MAX_QUANTITY:
            raise ValueError(f"{text} is more than {services.MAX_QUANTITY}")
        return int(number)

    def _number(self, raw: Any) -> Decimal | None:
        """The number of a text; None for any other value, ValueError for one that may be two numbers."""
        text = cells.clean_line(str(raw))
        if isinstance(raw, bool | list) or not _NUMBER.fullmatch(text):
            return None
        if _DIGITS.fullmatch(text):
            return Decimal(text)
        notation = self._written.notation
        readings = {found for each in Notation if (found := read_number(text, each)) is not None}
        if len(readings) > 1 and not notation:
            raise ValueError(f"{text!r} is two numbers, with a decimal comma or a point (--decimal)")
        return read_number(text, notation) if notation else next(iter(readings), None)

    @functools.cached_property
    def _written(self) -> NumberColumn:
        """How the file writes quantities. Read once more, and only for a file with one that is more than digits."""
        column = NumberColumn(is_money=False, forced=self.decimal)
        for row in self.file.rows():
            for name, raw in row.values.items() if isinstance(row, Row) else ():
                if isinstance(raw, str) and folded(name) == "quantity":
                    column.learn(cells.clean_line(raw))
        return column

    def _units(self, row: _StockLine) -> int:
        """A shelf has no fewer than no units: a system that counts below zero means none."""
        units = self._quantity(row.quantity)
        if units < 0:
            self.result.negative += 1
            self.report(self.file.bad(row.line, "quantity", f"a count is not negative: {units} is saved as 0"))
        return max(units, 0)

    def _faults(self, row: _StockLine, ids: dict[str, dict[str, int]]) -> Iterator[BadRow]:
        """Everything wrong with the row. `ids` are those of products and stores by column and value."""
        for column, what in NAMED.items():
            value = getattr(row, column)
            if value not in ids[column]:
                reason = f"there is no {what}: {value!r}" if value else "it is empty"
                yield self.file.bad(row.line, column, reason)
        try:
            self._quantity(row.quantity)
        except ValueError as error:
            yield self.file.bad(row.line, "quantity", str(error))

    def _refuse(self, faults: Sequence[BadRow]) -> None:
        for fault in faults:
            self.report(fault)
        self.result.bad += bool(faults)

    def _save(self, rows_of: dict[StockRow, list[tuple[_StockLine, int]]], lines: str) -> None:
        units = {stock_row: sum(quantity for _, quantity in rows) for stock_row, rows in rows_of.items()}
        reason = f"{Path(self.file.name).name[:LONGEST_NAME]}, {lines}"
        if self.counted_at is not None:
            new = services.count_rows(counts=units, counted_at=self.counted_at, reason=reason)
            self.result.saved += len(new)
            self.result.outdated += len(units) - len(new)
            return
        full = services.receive_rows(units=units, reason=reason)
        for row, _ in (refused for stock_row in full for refused in rows_of[stock_row]):
            self._refuse([self.file.bad(row.line, "quantity", f"there would be more than {services.MAX_QUANTITY}")])
        self.result.saved += sum(len(rows) for stock_row, rows in rows_of.items() if stock_row not in full)
