"""`manage.py import_catalogue`: products and stores from files."""

import contextlib
from argparse import ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from foundation.amounts import Notation
from foundation.exit_codes import ROWS_SKIPPED
from products import import_report
from products.catalogue_files.columns import read_mapping
from products.catalogue_files.known_headers import as_toml
from products.catalogue_files.notations import DateOrder
from products.catalogue_import import PRODUCTS, deactivate, missing_products
from products.errors import FileRefusedError
from products.import_command import ImportCommand
from products.table_import import TableImport
from products.tables import Options
from stores.catalogue_import import STORES

MISSING_LIMIT = 10  # percent of the active products
PASSED_ON = ("strict", "dry_run", "clear_empty", "decimal", "currency_sign", "dates", "encoding", "delimiter")


class Command(ImportCommand):
    help = f"""Create or change products and stores from files of CSV, Excel or JSON. - is standard input.

products: {", ".join(PRODUCTS.fields)}; any other column is an attribute
stores:   {", ".join(STORES.fields)}

The SKU identifies a product, the code a store. Only the columns of a file change, blank cells change nothing, and what
no file names stays as it is. Several files are imported in the order given. A bad row is reported and skipped, and the
exit code is then {ROWS_SKIPPED}. --dry-run shows what would change, and a mapping for headers of other systems.
docs/catalogue.md is the guide."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add = parser.add_argument
        add("--products", type=Path, action="append", metavar="FILE")
        add("--stores", type=Path, action="append", metavar="FILE")
        add("--clear-empty", action="store_true", help="a blank cell erases the value")
        add("--mapping", type=Path, metavar="FILE", help="TOML that says what the products' columns are")
        add(
            "--attributes",
            choices=["all", "listed"],
            default="all",
            help="other columns are attributes: all of them, or those named attr:..., mapped or known",
        )
        add("--decimal", choices=list(Notation), type=Notation, help="the decimal mark of numbers in text")
        add(
            "--currency-sign",
            default="",
            metavar="SIGN",
            help="a sign that prices may have, in addition to the currency's",
        )
        add("--dates", choices=list(DateOrder), type=DateOrder, help="the order of dates such as 03/04/2026")
        add("--delete-missing", action="store_true", help="deactivate the products that no file names")
        add(
            "--missing-limit",
            type=_percent,
            default=MISSING_LIMIT,
            metavar="PERCENT",
            help=f"save nothing if that would deactivate a larger share of the shop (default {MISSING_LIMIT})",
        )

    def handle(self, **options: Any) -> None:
        self.options = options
        products, stores = (self._imports(table) for table in (PRODUCTS, STORES))
        if not products and not stores:
            raise CommandError("nothing to import: give --products FILE, --stores FILE or both")
        missing = self._missing(products) if options["delete_missing"] else []
        with transaction.atomic() if options["strict"] else contextlib.nullcontext():
            bad = sum(self._import(each) for each in [*products, *stores])
            if options["strict"]:
                self.fail_for_bad_rows(bad, strict=True)
            if missing and not options["dry_run"]:
                deactivate(missing)
        if options["delete_missing"]:
            would = "would be " if options["dry_run"] else ""
            self.stdout.write(f"products that no file names: {len(missing):,} {would}deactivated")
        self.fail_for_bad_rows(bad, strict=False, dry_run=options["dry_run"])

    def _imports(self, table: Any) -> list[TableImport]:
        """Open the files of a table. A bad file is refused before a row of any file is saved."""
        given = self.options[table.name] or []
        try:
            options = Options(
                mapping=read_mapping(self.options["mapping"], table.names) if table is PRODUCTS else {},
                all_attributes=self.options["attributes"] == "all",
                **{name: self.options[name] for name in PASSED_ON},
            )
            return [
                TableImport(table, path, self.report, options)
                for path in (given if isinstance(given, list) else [given])
            ]
        except FileRefusedError as error:
            raise CommandError(str(error)) from error

    def _import(self, each: TableImport) -> int:
        """Import a file; the number of its bad rows."""
        stopped = partial(_stopped, each)
        self._learn(each)
        self.stdout.write(import_report.how_it_is_read(each))
        if each.proposal and self.options["dry_run"]:
            self.stdout.write(f"proposed mapping (save it and add --mapping FILE):\n\n{as_toml(each.proposal)}\n\n")
        elif each.proposal:
            names = ", ".join(each.proposal)[:200]
            self.stdout.write(f"  headers of other systems: {names}; --dry-run proposes what they are")
        self.show_progress(f"importing {each.table.name}", each.rows_to_import, each.run(), stopped)
        for warning in each.left_out.warnings():
            self.report(warning)
        self.stdout.write(
            f"{each.table.name}: {'would be: ' if self.options['dry_run'] else ''}{import_report.counts(each)}"
        )
        if self.options["dry_run"] and (changes := import_report.changes(each)):
            self.stdout.write(changes)
        return each.bad

    def _learn(self, each: TableImport) -> None:
        try:
            self.show_progress(
                f"reading lines of {each.table.name}",
                each.file.lines,
                each.learn(),
                lambda why: f"{why}; nothing was saved",
            )
        except FileRefusedError as error:
            raise CommandError(str(error)) from error

    def _missing(self, products: list[TableImport]) -> list[int]:
        """The active products that no file names. CommandError if they are too many, or some rows have no SKU."""
        if not products:
            raise CommandError("--delete-missing goes with --products FILE")
        for each in products:
            self._learn(each)
        unreadable = sum(each.unreadable for each in products)
        missing, active = missing_products(set().union(*(each.keys for each in products)))
        limit: float = self.options["missing_limit"]
        share = f"{len(missing):,} of {active:,} active products are in no file"
        if missing and unreadable:
            raise CommandError(f"{share}, but {unreadable:,} rows have no readable SKU; nothing was saved")
        if len(missing) > active * limit / 100:
            raise CommandError(
                f"{share}, more than {limit:g} %; nothing was saved. If that is right, add --missing-limit 100"
            )
        return missing


def _percent(text: str) -> float:
    try:
        percent = float(text.rstrip("%"))
    except ValueError:
        percent = -1
    if not 0 <= percent <= 100:  # noqa: PLR2004 - percent
        raise ArgumentTypeError(f"{text!r} is not a percentage from 0 to 100")
    return percent


def _stopped(each: TableImport, why: str) -> str:
    if each.options.strict:
        return f"{why}; nothing was saved"
    so_far = f"{each.table.name} so far: {import_report.counts(each)}"
    return f"{why}; {so_far}. Run it again: what is saved is not written twice"
