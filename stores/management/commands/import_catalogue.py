"""`manage.py import_catalogue`: products and stores from CSV files."""

import contextlib
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from foundation.exit_codes import ROWS_SKIPPED
from products.catalogue_import import PRODUCTS
from products.csv_command import CsvCommand
from products.csv_table import TableImport
from stores.catalogue_import import STORES


class Command(CsvCommand):
    help = f"""Create or update products and stores from CSV files (UTF-8, with a header).

products: {",".join(PRODUCTS.columns)}
stores:   {",".join(STORES.columns)}

The SKU identifies a product, the code a store; a file may name each only once. Products and stores that no file names
are not changed, and a row without a change writes nothing. A bad row is reported and skipped, and the exit code is then
{ROWS_SKIPPED}. docs/catalogue.md describes every column."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", type=Path, metavar="FILE")
        parser.add_argument("--stores", type=Path, metavar="FILE")
        super().add_arguments(parser)

    def handle(self, **options: Any) -> None:
        strict = options["strict"]
        tables = [table for table in (PRODUCTS, STORES) if options[table.name]]
        if not tables:
            raise CommandError("nothing to import: give --products FILE, --stores FILE or both")
        imports = [  # a bad file is refused before a row of any file is saved
            TableImport(table, self.open(options[table.name], list(table.columns)), self.report, strict=strict)
            for table in tables
        ]
        with transaction.atomic() if strict else contextlib.nullcontext():
            for each in imports:
                self.show_progress(f"importing {each.table.name}", each.file.lines, each.run(), partial(_stopped, each))
            bad = sum(each.result.bad for each in imports)
            if strict:
                self.fail_for_bad_rows(bad, strict=True)
        for each in imports:
            self.stdout.write(f"{each.table.name}: {each.result}")
        self.fail_for_bad_rows(bad, strict=False)


def _stopped(each: TableImport, why: str) -> str:
    if each.strict:
        return f"{why}; nothing was saved"
    return f"{why}; {each.table.name} so far: {each.result}. Run it again: what is saved is not written twice"
