"""`manage.py import_stock`: the stock of all stores from a CSV file."""

from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from rich.console import Console

from foundation.exit_codes import INTERRUPTED, ROWS_SKIPPED
from foundation.progress import BarProgress
from products.csv_file import BadRow, CsvFile
from products.errors import FileRefusedError
from stores import selectors
from stores.stock_import import COLUMNS, StockImport


class Command(BaseCommand):
    help = f"""Import how many units of each product the stores have from a CSV file (UTF-8, with a header).

columns: {",".join(COLUMNS)}

The quantities are counts: movements since --counted-at are applied on top. With --receive they are deliveries, and are
added. Stock that the file does not name is not changed. A bad row is reported and skipped, and the exit code is then
{ROWS_SKIPPED}. docs/catalogue.md says more."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        kinds = parser.add_mutually_exclusive_group()
        kinds.add_argument("--receive", action="store_true", help="the units are a delivery: add them")
        kinds.add_argument(
            "--counted-at",
            type=_time_with_offset,
            metavar="TIME",
            help="when the shelves were counted, as 2026-03-31T22:00:00+00:00 (default: when the command starts)",
        )
        parser.add_argument("--strict", action="store_true", help="save nothing at all when any row is bad")
        parser.add_argument("--from-line", type=int, default=1, metavar="N", help="skip the lines before")

    def handle(self, **options: Any) -> None:
        counted_at = options["counted_at"]
        if counted_at and selectors.lies_ahead(counted_at):
            raise CommandError(f"--counted-at {counted_at.isoformat()}: nothing can have been counted in the future")
        try:
            file = CsvFile(options["file"], COLUMNS)
        except FileRefusedError as error:
            raise CommandError(str(error)) from error
        counted_at = None if options["receive"] else counted_at or selectors.now()
        stock = StockImport(file, self._report, counted_at, options["from_line"])
        if options["strict"]:
            self._run(stock, "checking", stock.check)
            if bad := stock.result.bad:
                raise CommandError(f"{bad:,} bad rows, so nothing was saved")
        self._run(stock, "importing", stock.save)
        self.stdout.write(f"stock: {stock.result}")
        if bad := stock.result.bad:
            raise CommandError(f"{bad:,} bad rows were skipped; the others are saved", returncode=ROWS_SKIPPED)

    def _run(self, stock: StockImport, doing: str, work: Callable[[], Iterable[int]]) -> None:
        try:
            with BarProgress(Console(stderr=True)) as progress:
                progress.phase(f"{doing} stock", stock.file.lines)
                progress.follow(work())
        except KeyboardInterrupt:
            raise CommandError(_stopped(stock, "stopped"), returncode=INTERRUPTED) from None
        except DatabaseError as error:
            raise CommandError(_stopped(stock, f"PostgreSQL failed ({str(error).strip()})")) from error

    def _report(self, row: BadRow) -> None:
        self.stderr.write(str(row))


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
