"""`manage.py check_stock`: prove that every quantity is what its adjustments and orders make it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stores import services
from stores.ledger import Difference
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
        stores = self._stores(options["store"])
        repair = services.repair_books if options["repair"] else services.check_books
        differences = [difference for store in stores for difference in self._checked(store, repair(store_id=store.pk))]
        found = len(differences)
        if found and not options["repair"]:
            raise CommandError(f"{_many(found, 'row')} {'differs' if found == 1 else 'differ'}", returncode=1)
        outcome = "repaired" if found else "differ"
        self.stdout.write(f"{_many(len(stores), 'store')} checked, {_many(found, 'row')} {outcome}")

    def _stores(self, code: str | None) -> list[Store]:
        stores = list(Store.objects.filter(code=code) if code else Store.objects.order_by("pk"))
        if code and not stores:
            raise CommandError(f"there is no store with the code {code!r}")
        return stores

    def _checked(self, store: Store, differences: list[Difference]) -> list[Difference]:
        for found in differences:
            where = f"store {store.code}, product {found.product_id}"
            self.stdout.write(f"{where}: {found.quantity} in stock, {found.booked} by the books")
        return differences


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
