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
from products.csv_table import TableImport
from products.errors import FileRefusedError
from stores.catalogue_import import STORES


class Command(BaseCommand):
    help = f"""Create or update products and stores from CSV files (UTF-8, with a header).

products: {",".join(PRODUCTS.columns)}
stores:   {",".join(STORES.columns)}

The SKU identifies a product, the code a store; a file may name each only once. Products and stores that no file names
are not changed, and a row without a change writes nothing. A bad row is reported and skipped, and the exit code is then
{ROWS_SKIPPED}. docs/catalogue.md describes every column."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", type=Path, metavar="FILE")
        parser.add_argument("--stores", type=Path, metavar="FILE")
        parser.add_argument("--strict", action="store_true", help="save nothing at all when any row is bad")

    def handle(self, **options: Any) -> None:
        strict = options["strict"]
        tables = [table for table in (PRODUCTS, STORES) if options[table.name]]
        if not tables:
            raise CommandError("nothing to import: give --products FILE, --stores FILE or both")
        try:  # a bad file is refused before a row of any file is saved
            imports = [
                TableImport(table, CsvFile(options[table.name], list(table.columns)), self._report, strict=strict)
                for table in tables
            ]
        except FileRefusedError as error:
            raise CommandError(str(error)) from error
        with transaction.atomic() if strict else contextlib.nullcontext():
            for each in imports:
                self._run(each)
            bad = sum(each.result.bad for each in imports)
            if strict and bad:
                raise CommandError(f"{bad:,} bad rows, so nothing was saved")
        for each in imports:
            self.stdout.write(f"{each.table.name}: {each.result}")
        if bad:
            raise CommandError(f"{bad:,} bad rows were skipped; the others are saved", returncode=ROWS_SKIPPED)

    def _run(self, each: TableImport) -> None:
        try:
            with BarProgress(Console(stderr=True)) as progress:
                progress.phase(f"importing {each.table.name}", each.file.lines)
                progress.follow(each.run())
        except KeyboardInterrupt:
            raise CommandError(_stopped(each, "stopped"), returncode=INTERRUPTED) from None
        except OperationalError as error:
            raise CommandError(_stopped(each, f"PostgreSQL failed ({str(error).strip()})")) from error

    def _report(self, row: BadRow) -> None:
        self.stderr.write(str(row))


def _stopped(each: TableImport, why: str) -> str:
    if each.strict:
        return f"{why}; nothing was saved"
    return f"{why}; {each.table.name} so far: {each.result}. Run it again: what is saved is not written twice"
