import itertools
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, reset_queries, transaction
from django.db.models import Max, Min
from rich.console import Console

from foundation.exit_codes import INTERRUPTED
from foundation.progress import BarProgress
from orders.demo.history import record_history, shoppers
from orders.popularity import recompute_popularity
from products.catalogue_files.rows import Saved
from products.demo import details, pictures
from products.demo.catalogue import demo_products
from products.demo.vocabulary import shelves
from products.models import Product
from products.services import ensure_attributes
from products.tables import BATCH
from products.upsert import upsert_products
from stores.catalogue_import import upsert_stores
from stores.demo.places import demo_stores
from stores.demo.stock import choose_stores, stock_stores
from stores.models import Inventory, Store

T = TypeVar("T")

PRODUCTS, STORES, ASSORTMENT = 2_000, 20, 0.6
STOCK_ONLY_STORES, STOCK_ONLY_ASSORTMENT = 60, 0.3
ORDERS_PER_STORE = 20
ANALYZE = """
    ANALYZE products_category, products_product, stores_store, stores_inventory, stores_stockadjustment,
        orders_order, orders_orderitem
"""


class Command(BaseCommand):
    help = (
        "Make up a catalogue with stores, stock and past orders. The same seed gives the same data; existing data is "
        "not changed, so a later run with a larger number adds to it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        count, count_or_zero = partial(_count, lowest=1), partial(_count, lowest=0)
        add("--products", type=count, default=PRODUCTS, metavar="N", help=f"how many products (default {PRODUCTS})")
        add(
            "--stores",
            type=count,
            metavar="N",
            help=f"how many stores (default {STORES}; with --stock-only {STOCK_ONLY_STORES} of the existing ones)",
        )
        add(
            "--assortment",
            type=_share,
            metavar="F",
            help=f"share of the products that a store has, up to 1 (default {ASSORTMENT}; {STOCK_ONLY_ASSORTMENT})",
        )
        add(
            "--orders", type=count_or_zero, metavar="N", help=f"past orders (default {ORDERS_PER_STORE} for each store)"
        )
        add("--seed", type=int, default=1, metavar="S", help="another seed makes another catalogue (default 1)")
        add("--if-empty", action="store_true", help="do nothing when there is such data already")
        add("--stock-only", action="store_true", help="only stock, for existing products and stores")

    def handle(self, **options: Any) -> None:
        stock_only = options["stock_only"]
        if options["if_empty"] and (Inventory if stock_only else Product).objects.exists():
            self.stdout.write("there is data already: nothing to do")
            return
        with BarProgress(Console(stderr=True)) as self.progress:
            try:
                (self._stock_only if stock_only else self._seed)(options)
            except KeyboardInterrupt:
                raise CommandError("stopped; run it again to continue", returncode=INTERRUPTED) from None
        with connection.cursor() as cursor:
            cursor.execute(ANALYZE)  # until autovacuum runs, PostgreSQL would plan for empty tables

    def _seed(self, options: dict[str, Any]) -> None:
        seed, products, orders = options["seed"], options["products"], options["orders"]
        ensure_attributes(kinds=details.kinds(), labels={})
        try:
            drawings = pictures.store(pictures.root_of(shelf.path) for shelf in shelves())
        except OSError as error:
            self.stderr.write(f"no pictures: they cannot be stored ({error})")
            drawings = {}
        records = details.detailed(demo_products(seed, products), seed, drawings)
        self._write("products", records, products, lambda batch: upsert_products(records=batch))
        stores = self._write_stores(options)
        self._stock(stores, options["assortment"] or ASSORTMENT, seed)
        self._orders(stores, ORDERS_PER_STORE * len(stores) if orders is None else orders, seed)

    def _write_stores(self, options: dict[str, Any]) -> list[Store]:
        count = options["stores"] or STORES
        records = list(demo_stores(options["seed"], count))
        self._write("stores", records, count, lambda batch: upsert_stores(records=batch))
        return list(Store.objects.filter(code__in=[record["code"] for record in records]).order_by("code"))

    def _stock_only(self, options: dict[str, Any]) -> None:
        if not Product.objects.exists():
            raise CommandError("there are no products to stock: import a catalogue first")
        if not Store.objects.exists():
            self._write_stores(options)
        stores = choose_stores(options["stores"] or STOCK_ONLY_STORES, options["seed"])
        self._stock(stores, options["assortment"] or STOCK_ONLY_ASSORTMENT, options["seed"])

    def _write(self, what: str, records: Iterable[T], count: int, save: Callable[[Sequence[T]], Saved]) -> None:
        self.progress.phase(f"writing {what}", count)
        written = 0
        stream = iter(records)
        while batch := list(itertools.islice(stream, BATCH)):
            with transaction.atomic():
                saved = save(batch)
            written += saved.created + saved.updated
            reset_queries()  # with DEBUG on, Django stores every statement
            self.progress.advance(len(batch))
        self.stdout.write(f"{what}: {written:,} written")

    def _stock(self, stores: list[Store], assortment: float, seed: int) -> None:
        ids = Product.objects.aggregate(first=Min("id"), last=Max("id"))
        self.progress.phase("writing stock", ids["last"] - ids["first"] + 1)
        rows = 0
        for products, made in stock_stores(stores=stores, assortment=assortment, seed=seed):
            rows += made
            self.progress.advance(products)
        self.stdout.write(f"stock: {rows:,} rows in {len(stores):,} stores")

    def _orders(self, stores: list[Store], count: int, seed: int) -> None:
        self.progress.phase("writing orders", len(stores))
        customers, made = shoppers(), 0
        for place, store in enumerate(stores):
            share = count // len(stores) + (place < count % len(stores))
            made += record_history(store=store, orders=share, seed=seed, customers=customers)
            self.progress.advance(1)
        recompute_popularity()
        self.stdout.write(f"past orders: {made:,}")


def _count(text: str, *, lowest: int) -> int:
    if not text.isdecimal() or int(text) < lowest:
        raise ArgumentTypeError(f"{text!r} is not a number from {lowest}")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0
    if not 0 < share <= 1:
        raise ArgumentTypeError(f"{text!r} is not a share above 0 and up to 1, such as 0.3")
    return share
