"""Stock as CSV: how many units of a product a store has, or received."""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import reset_queries

from products.csv_file import BadRow, CsvFile, CsvRow
from products.models import Product
from stores import services
from stores.models import StockAdjustment, Store
from stores.services import StockRow

BATCH = 2_000  # rows: orders for them wait until it is committed
COLUMNS = ("sku", "store", "quantity")
NAMED = {"sku": "product with this SKU", "store": "store with this code"}  # column -> what its value names
LONGEST_NAME = (StockAdjustment.reason.field.max_length or 0) - 50  # of a file; the lines follow it
WHOLE_NUMBER = re.compile(r"[+-]?\d{1,20}", re.ASCII)


@dataclass
class ImportedStock:
    saved: int = 0
    outdated: int = 0
    bad: int = 0

    def __str__(self) -> str:
        others = {"outdated rows skipped": self.outdated, "bad rows skipped": self.bad}
        return ", ".join([f"{self.saved:,} saved", *(f"{rows:,} {what}" for what, rows in others.items() if rows)])


def _quantity(value: str) -> int:
    """Units; ValueError with the reason for a bad value."""
    if not WHOLE_NUMBER.fullmatch(value):
        raise ValueError(f"{value!r} is not a whole number such as 12")
    number = int(value)
    if number < 0:
        raise ValueError(f"it is below zero: {value}")
    if number > services.MAX_QUANTITY:
        raise ValueError(f"{value} is more than {services.MAX_QUANTITY}")
    return number


def _faults(row: CsvRow, ids: dict[str, dict[str, int]]) -> Iterator[tuple[str, str]]:
    """Each column that is wrong, with the reason. `ids` are those of products and stores by column and value."""
    for column, what in NAMED.items():
        value = row.values[column]
        if value not in ids[column]:
            yield column, f"there is no {what}: {value!r}" if value else "it is empty"
    try:
        _quantity(row.values["quantity"])
    except ValueError as error:
        yield "quantity", str(error)


class _StockRows:
    """A set of (store, product) with one bit for each, because a file may have tens of millions."""

    def __init__(self) -> None:
        self._bits: defaultdict[int, bytearray] = defaultdict(bytearray)

    def add(self, row: StockRow) -> bool:
        """Whether it is new."""
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

    file: CsvFile
    report: Callable[[BadRow], None]
    counted_at: datetime | None
    from_line: int = 1
    result: ImportedStock = field(default_factory=ImportedStock)
    next_line: int = 1
    _seen: _StockRows = field(default_factory=_StockRows)

    def check(self) -> Iterator[int]:
        """Report the bad rows and save nothing; yields the last line of each batch."""
        for batch in self._batches():
            self._read(batch)
            yield batch[-1].line
        self._seen = _StockRows()

    def save(self) -> Iterator[int]:
        """Save the valid rows and report the others; yields the last line of each batch."""
        self.result = ImportedStock()
        for batch in self._batches():
            self._save(self._read(batch), f"lines {batch[0].line} to {batch[-1].line}")
            self.next_line = batch[-1].line + 1
            yield batch[-1].line

    def _batches(self) -> Iterator[Sequence[CsvRow | BadRow]]:
        rows = (row for row in self.file.rows() if row.line >= self.from_line)
        while batch := list(itertools.islice(rows, BATCH)):
            yield batch
            reset_queries()  # with DEBUG on, Django stores every statement

    def _read(self, batch: Sequence[CsvRow | BadRow]) -> dict[StockRow, list[tuple[CsvRow, int]]]:
        """The rows that can be saved, with their units, by (store, product)."""
        values = [row.values for row in batch if isinstance(row, CsvRow)]
        # PostgreSQL refuses NUL in a text.
        skus, codes = ({each[name] for each in values if "\0" not in each[name]} for name in NAMED)
        ids = {
            "sku": dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk")),
            "store": dict(Store.objects.filter(code__in=codes).values_list("code", "pk")),
        }
        valid: defaultdict[StockRow, list[tuple[CsvRow, int]]] = defaultdict(list)
        for row in batch:
            faults = [row] if isinstance(row, BadRow) else [self.file.bad(row, *fault) for fault in _faults(row, ids)]
            if isinstance(row, CsvRow) and not faults:
                stock_row = ids["store"][row.values["store"]], ids["sku"][row.values["sku"]]
                if self.counted_at is None or self._seen.add(stock_row):
                    valid[stock_row].append((row, _quantity(row.values["quantity"])))
                else:
                    faults = [self.file.bad(row, "sku", "the product's stock at this store is in an earlier line")]
            self._refuse(faults)
        return valid

    def _refuse(self, faults: Sequence[BadRow]) -> None:
        for fault in faults:
            self.report(fault)
        self.result.bad += bool(faults)

    def _save(self, rows_of: dict[StockRow, list[tuple[CsvRow, int]]], lines: str) -> None:
        units = {stock_row: sum(quantity for _, quantity in rows) for stock_row, rows in rows_of.items()}
        reason = f"{self.file.path.name[:LONGEST_NAME]}, {lines}"
        if self.counted_at is not None:
            new = services.count_rows(counts=units, counted_at=self.counted_at, reason=reason)
            self.result.saved += len(new)
            self.result.outdated += len(units) - len(new)
            return
        full = services.receive_rows(units=units, reason=reason)
        for row, _ in (refused for stock_row in full for refused in rows_of[stock_row]):
            self._refuse([self.file.bad(row, "quantity", f"there would be more than {services.MAX_QUANTITY}")])
        self.result.saved += sum(len(rows) for stock_row, rows in rows_of.items() if stock_row not in full)
