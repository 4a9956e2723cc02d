"""`manage.py import_stock`: the stock of all stores from a file."""

from argparse import ArgumentTypeError
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from foundation.amounts import Notation
from foundation.exit_codes import ROWS_SKIPPED
from products.catalogue_files.catalogue_file import CatalogueFile
from products.errors import FileRefusedError
from products.import_command import ImportCommand
from stores import selectors
from stores.stock_import import COLUMNS, StockImport


class Command(ImportCommand):
    help = f"""Import how many units of each product the stores have from a file: CSV, Excel or
JSON, text also gzipped, or - for standard input.

columns: {",".join(COLUMNS)}

The quantities are counts of --counted-at: later sales and changes are applied again. With
--receive they are deliveries, and are added. Stock that the file does not name is not changed. A
bad row is reported and skipped, and the exit code is then {ROWS_SKIPPED}. docs/catalogue.md says more."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        kinds = parser.add_mutually_exclusive_group()
        kinds.add_argument("--receive", action="store_true", help="the units are a delivery: add them")
        kinds.add_argument(
            "--counted-at",
            type=_time_with_offset,
            metavar="TIME",
            help="when the shelves were counted, as 2026-03-31T22:00:00+00:00 (default: when the command starts)",
        )
        parser.add_argument(
            "--decimal", choices=list(Notation), type=Notation, help="the decimal mark of numbers in text"
        )
        parser.add_argument("--from-line", type=_line, default=1, metavar="N", help="skip the lines before")

    def handle(self, **options: Any) -> None:
        counted_at = options["counted_at"]
        if counted_at and selectors.lies_ahead(counted_at):
            raise CommandError(f"--counted-at {counted_at.isoformat()}: nothing can have been counted in the future")
        counted_at = None if options["receive"] else counted_at or selectors.now()
        try:
            file = CatalogueFile(options["file"], encoding=options["encoding"], delimiter=options["delimiter"])
            stock = StockImport(file, self.report, counted_at, options["from_line"], options["decimal"])
        except FileRefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file.name}: {file.described}")
        stopped = partial(_stopped, stock)
        if options["strict"] or options["dry_run"]:
            self.show_progress("checking stock", file.lines, stock.check(), stopped)
        if options["dry_run"]:
            self.stdout.write(f"stock: would be: {stock.result}")
            self.fail_for_bad_rows(stock.result.bad, strict=False, dry_run=True)
            return
        if options["strict"]:
            self.fail_for_bad_rows(stock.result.bad, strict=True)
        self.show_progress("importing stock", file.lines, stock.save(), stopped)
        self.stdout.write(f"stock: {stock.result}")
        self.fail_for_bad_rows(stock.result.bad, strict=False)


def _line(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a line: lines are counted from 1")
    return int(text)


def _time_with_offset(value: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        raise ArgumentTypeError(f"{value!r} is not a time such as 2026-03-31T22:00:00+00:00") from None
    if time.tzinfo is None:
        raise ArgumentTypeError(f"{value!r} has no offset from UTC, as in 2026-03-31T22:00:00+00:00")
    return time


def _stopped(stock: StockImport, why: str) -> str:
    kind = f"--counted-at {stock.counted_at.isoformat()}" if stock.counted_at else "--receive"
    return f"{why}; stock so far: {stock.result}. Continue with {kind} --from-line {stock.next_line}"
