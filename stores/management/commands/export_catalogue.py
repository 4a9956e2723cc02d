"""`manage.py export_catalogue`: products and stores to files that `import_catalogue` reads."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from products import catalogue_export
from products.catalogue_files import writing
from products.models import Attribute
from stores.catalogue_export import STORE_HEADER, store_rows


class Command(BaseCommand):
    help = (
        "Write products and stores to files that import_catalogue reads: importing them changes nothing. A name that "
        "ends in .jsonl gives JSON Lines, another one CSV; with .gz behind it is gzipped; - is standard output."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", type=Path, metavar="FILE")
        parser.add_argument("--stores", type=Path, metavar="FILE")

    def handle(self, **options: Any) -> None:
        files = {name: Path(options[name]) for name in ("products", "stores") if options[name]}
        if not files:
            raise CommandError("nothing to export: give --products FILE, --stores FILE or both")
        write = {"products": _write_products, "stores": _write_stores}
        for name, path in files.items():
            try:
                with transaction.atomic(), writing.text_file(path) as file:
                    count = write[name](path, file)
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror or error}") from error
            self.stderr.write(f"{name}: {count:,} written to {path}")


def _write_products(path: Path, file: Any) -> int:
    attributes = list(Attribute.objects.order_by("position", "code"))  # as specifications
    if writing.is_json_lines(path):
        types = {attribute.code: attribute.type for attribute in attributes}
        return writing.write_json_lines(file, catalogue_export.json_rows(types))
    return writing.write_csv(file, catalogue_export.csv_header(attributes), catalogue_export.csv_rows(attributes))


def _write_stores(path: Path, file: Any) -> int:
    if writing.is_json_lines(path):
        rows = (dict(zip(STORE_HEADER, row, strict=True)) for row in store_rows())
        return writing.write_json_lines(file, rows)
    return writing.write_csv(file, STORE_HEADER, store_rows())
