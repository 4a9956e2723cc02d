"""`manage.py import_catalogue`: products and stores from CSV files."""

import contextlib
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, transaction
from rich.console import Console

from foundation.exit_codes import INTERRUPTED, ROWS_SKIPPED
from foundation.progress import BarProgress
from products.catalogue_import import PRODUCTS
from products.csv_file import BadRow, CsvFile
from products.csv_table import Import, Table
from products.errors import FileRefusedError
from stores.catalogue_import import STORES


class Command(BaseCommand):
    help = f"""Create or update products and stores from CSV files (UTF-8, with a header).

products: {",".join(PRODUCTS.columns)}
stores:   {",".join(STORES.columns)}

Products are told apart by SKU, stores by code; each file names one once. What is in no file stays as it is, and a row
that changes nothing writes nothing. A bad row is reported and skipped, and the exit code is then {ROWS_SKIPPED}.
docs/catalogue.md describes every column."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", type=Path, metavar="FILE")
        parser.add_argument("--stores", type=Path, metavar="FILE")
        parser.add_argument("--strict", action="store_true", help="save nothing at all when any row is bad")

    def handle(self, **options: Any) -> None:
        imports = self._open(options)
        with transaction.atomic() if options["strict"] else contextlib.nullcontext():
            for each in imports:
                self._run(each)
            bad = sum(each.outcome.bad for each in imports)
            if options["strict"] and bad:
                raise CommandError(f"{bad:,} bad rows, so nothing was saved")
        for each in imports:
            self.stdout.write(f"{each.table.name}: {each.outcome}")
        if bad:
            raise CommandError(f"{bad:,} bad rows were skipped; the others are saved", returncode=ROWS_SKIPPED)

    def _open(self, options: dict[str, Any]) -> list[Import]:
        """Every file that was named, refused as a whole before a row of any is saved."""
        chosen: list[tuple[Table, Path]] = [
            (table, options[table.name]) for table in (PRODUCTS, STORES) if options[table.name]
        ]
        if not chosen:
            raise CommandError("nothing to import: give --products FILE, --stores FILE or both")
        try:
            return [
                Import(table, CsvFile(path, table.columns), self._report, strict=options["strict"])
                for table, path in chosen
            ]
        except FileRefusedError as error:
            raise CommandError(str(error)) from error

    def _run(self, each: Import) -> None:
        try:
            with BarProgress(Console(stderr=True)) as progress:
                progress.phase(f"importing {each.table.name}", each.file.lines)
                progress.follow(each.run())
        except KeyboardInterrupt:
            raise CommandError(_broken_off(each, "stopped"), returncode=INTERRUPTED) from None
        except OperationalError as error:
            raise CommandError(_broken_off(each, f"PostgreSQL failed ({str(error).strip()})")) from error

    def _report(self, row: BadRow) -> None:
        self.stderr.write(str(row))


def _broken_off(each: Import, why: str) -> str:
    if each.strict:
        return f"{why}; nothing was saved"
    return f"{why}; {each.table.name} so far: {each.outcome}. Run it again: what is saved is not written twice"
