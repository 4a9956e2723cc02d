"""`manage.py export_stock`: the stock of all stores to a file that `import_stock` reads."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.transactions import repeatable_read
from products.catalogue_files import writing
from stores import selectors
from stores.catalogue_export import stock_rows
from stores.models import Store
from stores.stock_import import COLUMNS


class Command(BaseCommand):
    help = (
        "Write how many units of each product the stores have to a file that import_stock reads. A name that ends in "
        ".jsonl gives JSON Lines, another one CSV; with .gz behind it is gzipped; - is standard output."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--store", metavar="CODE", help="of this store only")

    def handle(self, **options: Any) -> None:
        code, path = options["store"], Path(options["file"])
        store = Store.objects.filter(code=code).first() if code else None
        if code and not store:
            raise CommandError(f"there is no store with the code {code!r}")
        try:
            with repeatable_read(), writing.text_file(path) as file:
                # The first statement, so that the rows are of this time: an import as of it applies later movements.
                taken_at = selectors.now()
                rows = stock_rows(store.pk if store else None)
                if writing.is_json_lines(path):
                    count = writing.write_json_lines(file, (dict(zip(COLUMNS, row, strict=True)) for row in rows))
                else:
                    count = writing.write_csv(file, COLUMNS, rows)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        self.stderr.write(
            f"stock: {count:,} rows written to {path}; import it with --counted-at {taken_at.isoformat()}"
        )
