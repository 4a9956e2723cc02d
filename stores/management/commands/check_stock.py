"""`manage.py check_stock`: prove that every quantity follows from its adjustments and orders."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stores import services
from stores.models import Store


class Command(BaseCommand):
    help = (
        "Recompute every inventory row from its adjustments and order lines, and report any difference "
        "(then the exit code is 1)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", metavar="CODE", help="check this store only")
        parser.add_argument(
            "--repair", action="store_true", help="leave quantities alone and write an adjustment for each difference"
        )

    def handle(self, **options: Any) -> None:
        code = options["store"]
        stores = list(Store.objects.filter(code=code) if code else Store.objects.order_by("pk"))
        if code and not stores:
            raise CommandError(f"there is no store with the code {code!r}")
        check = services.repair_books if options["repair"] else services.check_books
        rows = 0
        for store in stores:
            for row in check(store_id=store.pk):
                rows += 1
                where = f"store {store.code}, product {row.product_id}"
                self.stdout.write(f"{where}: {row.quantity} in stock, {row.booked} by the books")
        if rows and not options["repair"]:
            raise CommandError(f"{_count(rows, 'row')} {'differs' if rows == 1 else 'differ'}", returncode=1)
        result = "repaired" if rows else "differ"
        self.stdout.write(f"{_count(len(stores), 'store')} checked, {_count(rows, 'row')} {result}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
