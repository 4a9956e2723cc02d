"""Stock as CSV: how many of a product a store has, or received."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import reset_queries

from products import csv_fields
from products.csv_file import BadRow, CsvFile, Row
from products.models import Product
from stores import services
from stores.models import StockAdjustment, Store

BATCH = 2_000  # rows: orders for them wait until it is committed
COLUMNS = ("sku", "store", "quantity")
LONGEST_NAME = (StockAdjustment.reason.field.max_length or 0) - 50  # of a file, so that its lines fit behind it

_quantity = csv_fields.whole_number(services.MAX_QUANTITY)


@dataclass
class Outcome:
    """What became of the rows. `outdated`: counted or set later than that, and so left alone."""

    saved: int = 0
    outdated: int = 0
    bad: int = 0

    def __str__(self) -> str:
        more = {"outdated ones left alone": self.outdated, "bad rows skipped": self.bad}
        return ", ".join([f"{self.saved:,} saved", *(f"{rows:,} {what}" for what, rows in more.items() if rows)])


@dataclass(frozen=True)
class _Known:
    """Ids of the products and stores that rows name."""

    products: dict[str, int]
    stores: dict[str, int]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "_Known":
        skus, codes = ({row.values[name] for row in rows if "\0" not in row.values[name]} for name in ("sku", "store"))
        return cls(
            dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk")),
            dict(Store.objects.filter(code__in=codes).values_list("code", "pk")),
        )

    def faults(self, row: Row) -> Iterator[tuple[str, str]]:
        """Each column that is wrong, with the reason."""
        for column, known in (("sku", self.products), ("store", self.stores)):
            value = row.values[column]
            if value not in known:
                what = "product with this SKU" if column == "sku" else "store with this code"
                yield column, f"there is no {what}: {value!r}" if value else "it is empty"
        try:
            _quantity(row.values["quantity"])
        except ValueError as error:
            yield "quantity", str(error)

    def pair(self, row: Row) -> services.StockRow:
        return self.stores[row.values["store"]], self.products[row.values["sku"]]


class _Pairs:
    """A set of (store, product), one bit for each: a file may have tens of millions."""

    def __init__(self) -> None:
        self._bits: defaultdict[int, bytearray] = defaultdict(bytearray)

    def add(self, pair: services.StockRow) -> bool:
        """Whether it is new."""
        store_id, product_id = pair
        bits, (place, bit) = self._bits[store_id], divmod(product_id, 8)
        bits.extend(bytes(max(0, place + 1 - len(bits))))
        new = not bits[place] >> bit & 1
        bits[place] |= 1 << bit
        return new


@dataclass
class StockImport:
    """A file on its way into the stock: counts of a moment, or without `counted_at` deliveries.

    A batch is one transaction. Counts name a product at a store once; deliveries of the same are added up. Rows before
    `from_line` are passed over; `next_line` is the first that is not saved.
    """

    file: CsvFile
    report: Callable[[BadRow], None]
    counted_at: datetime | None
    from_line: int = 1
    outcome: Outcome = field(default_factory=Outcome)
    next_line: int = 1
    _seen: _Pairs = field(default_factory=_Pairs)

    def check(self) -> Iterator[int]:
        """Report the bad rows and save nothing; yields the line reached after each batch."""
        for batch in self._batches():
            self._read(batch)
            yield batch[-1].line
        self._seen = _Pairs()

    def save(self) -> Iterator[int]:
        """Save what is right and report the rest; yields the line reached after each batch."""
        self.outcome = Outcome()
        for batch in self._batches():
            self._save(self._read(batch), f"lines {batch[0].line} to {batch[-1].line}")
            self.next_line = batch[-1].line + 1
            yield batch[-1].line

    def _batches(self) -> Iterator[Sequence[Row | BadRow]]:
        rows = (row for row in self.file.rows() if row.line >= self.from_line)
        while batch := list(itertools.islice(rows, BATCH)):
            yield batch
            reset_queries()  # with DEBUG on, Django keeps every statement

    def _read(self, batch: Sequence[Row | BadRow]) -> dict[services.StockRow, list[tuple[Row, int]]]:
        """The rows that can be saved, with their units, by (store, product)."""
        known = _Known.of([row for row in batch if isinstance(row, Row)])
        found: defaultdict[services.StockRow, list[tuple[Row, int]]] = defaultdict(list)
        for row in batch:
            faults = [row] if isinstance(row, BadRow) else [self.file.bad(row, *fault) for fault in known.faults(row)]
            if isinstance(row, Row) and not faults:
                pair = known.pair(row)
                if self.counted_at is None or self._seen.add(pair):
                    found[pair].append((row, _quantity(row.values["quantity"])))
                else:
                    faults = [self.file.bad(row, "sku", "the product's stock at this store is in an earlier line")]
            self._refuse(faults)
        return found

    def _refuse(self, faults: Sequence[BadRow]) -> None:
        for fault in faults:
            self.report(fault)
        self.outcome.bad += bool(faults)

    def _save(self, found: dict[services.StockRow, list[tuple[Row, int]]], lines: str) -> None:
        units = {pair: sum(quantity for _, quantity in rows) for pair, rows in found.items()}
        reason = f"{self.file.path.name[:LONGEST_NAME]}, {lines}"
        if self.counted_at is not None:
            new = services.count_rows(counts=units, counted_at=self.counted_at, reason=reason)
            self.outcome.saved += len(new)
            self.outcome.outdated += len(units) - len(new)
            return
        full = services.receive_rows(units=units, reason=reason)
        for row, _ in (refused for pair in full for refused in found[pair]):
            self._refuse([self.file.bad(row, "quantity", f"there would be more than {services.MAX_QUANTITY}")])
        self.outcome.saved += sum(len(rows) for pair, rows in found.items() if pair not in full)
