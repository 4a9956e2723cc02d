"""`manage.py import_stock`: counts or deliveries of every store from a CSV file."""

import gzip
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from orders.errors import OrderRejectedError
from orders.services import Line, place_order
from products.models import Product
from stores import stock_import
from stores.models import Inventory, StockAdjustment, Store
from stores.services import MAX_QUANTITY, check_books, set_stock
from stores.signals import stock_changed
from tests.factories import make_product, make_stock, make_store
from tests.lost_connection import connection_ends_at
from tests.products.csv_files import counts_in, write_csv
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NOW = timezone.now()


@pytest.fixture
def store() -> Store:
    return make_store(code="S1")


@pytest.fixture
def lamp() -> Product:
    return make_product(sku="LAMP")


@pytest.fixture
def chair() -> Product:
    return make_product(sku="CHAIR")


def stock_csv(folder: Path, *rows: str) -> Path:
    return write_csv(folder / "stock.csv", "sku,store,quantity", *rows)


def import_stock(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_stock", str(file), *options, stdout=out)
    return counts_in(out.getvalue())


def failing(file: Path, *options: str) -> tuple[list[str], str, int]:
    """The reports on rows without the file's name, the error, and the exit code."""
    err = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_stock", str(file), *options, stdout=StringIO(), stderr=err)
    reported = [line.removeprefix(f"{file}:") for line in err.getvalue().splitlines()]
    return reported, str(error.value), error.value.returncode


def quantities() -> dict[tuple[str, str], int]:
    rows = Inventory.objects.values_list("product__sku", "store__code", "quantity")
    return {(sku, code): quantity for sku, code, quantity in rows}


@pytest.mark.usefixtures("chair")
def test_counts_are_imported_and_other_stock_is_not_changed(tmp_path: Path, store: Store, lamp: Product) -> None:
    make_stock(store, lamp, 3)
    make_stock(store, make_product(sku="RUG"), 8)
    make_store(code="S2")
    summary = import_stock(stock_csv(tmp_path, "LAMP,S1,12", "CHAIR,S2,0", "LAMP,S2,5"))
    assert summary == "stock: 3 saved\n"
    assert quantities() == {("LAMP", "S1"): 12, ("RUG", "S1"): 8, ("CHAIR", "S2"): 0, ("LAMP", "S2"): 5}


def test_adjustment_of_each_row_names_its_file_and_lines(tmp_path: Path, store: Store, lamp: Product) -> None:
    make_stock(store, lamp, 3)
    counted_at = timezone.now()
    import_stock(stock_csv(tmp_path, "LAMP,S1,12"), "--counted-at", counted_at.isoformat())
    latest = StockAdjustment.objects.latest("pk")
    assert (latest.kind, latest.delta, latest.counted_at, latest.reason) == (
        StockAdjustment.Kind.COUNT,
        9,
        counted_at,
        "stock.csv, lines 2 to 2",
    )


def test_repeated_deliveries_are_added_up(tmp_path: Path, store: Store, lamp: Product) -> None:
    make_stock(store, lamp, 3)
    assert import_stock(stock_csv(tmp_path, "LAMP,S1,12", "LAMP,S1,1"), "--receive") == "stock: 2 saved\n"
    assert quantities() == {("LAMP", "S1"): 16}


def test_sales_and_deliveries_since_the_count_are_applied(tmp_path: Path, store: Store, lamp: Product) -> None:
    make_stock(store, lamp, 10)
    StockAdjustment.objects.update(created_at=NOW - timedelta(days=2))
    place_order(store_id=store.pk, lines=[Line(lamp.pk, 4)])
    import_stock(stock_csv(tmp_path, "LAMP,S1,30"), "--receive")
    import_stock(stock_csv(tmp_path, "LAMP,S1,20"), "--counted-at", (NOW - timedelta(hours=1)).isoformat())
    assert quantities() == {("LAMP", "S1"): 20 - 4 + 30}


@pytest.mark.usefixtures("chair")
def test_count_older_than_a_recorded_one_is_skipped(tmp_path: Path, store: Store, lamp: Product) -> None:
    set_stock(store_id=store.pk, product_id=lamp.pk, quantity=2)
    yesterday = (NOW - timedelta(days=1)).isoformat()
    summary = import_stock(stock_csv(tmp_path, "LAMP,S1,50", "CHAIR,S1,7"), "--counted-at", yesterday)
    assert summary == "stock: 1 saved, 1 outdated rows skipped\n"
    assert quantities() == {("LAMP", "S1"): 2, ("CHAIR", "S1"): 7}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("row", "reported"),
    [
        ("NONE,S1,1", ["sku: there is no product with this SKU: 'NONE'"]),
        ("LAMP,S9,1", ["store: there is no store with this code: 'S9'"]),
        ("LAMP\0,S1,1", ["sku: there is no product with this SKU: 'LAMP\\x00'"]),
        ("LAMP,S1,1.5", ["quantity: '1.5' is not a whole number such as 12"]),
        ("LAMP,S1,٣", ["quantity: '٣' is not a whole number such as 12"]),
        ("LAMP,S1,1000000001", ["quantity: 1000000001 is more than 1000000000"]),
        ("LAMP,S1", ["quantity: the row has 2 values, not 3"]),
        (
            ",,many",
            ["sku: it is empty", "store: it is empty", "quantity: 'many' is not a whole number such as 12"],
        ),
        ("CHAIR,S1,6", ["sku: the product's stock at this store is in an earlier line"]),
    ],
)
def test_bad_row_is_named_and_the_others_are_saved(
    tmp_path: Path, lamp: Product, chair: Product, row: str, reported: list[str]
) -> None:
    del lamp, chair
    file = stock_csv(tmp_path, "CHAIR,S1,5", row, "LAMP,S1,2")
    assert failing(file) == ([f"3: {fault}" for fault in reported], "1 bad rows were skipped; the others are saved", 3)
    assert quantities() == {("CHAIR", "S1"): 5, ("LAMP", "S1"): 2}


def test_pair_that_is_repeated_in_a_later_batch_is_reported(
    tmp_path: Path, store: Store, lamp: Product, chair: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    del store, lamp, chair
    monkeypatch.setattr(stock_import, "BATCH", 1)
    reported, _, code = failing(stock_csv(tmp_path, "LAMP,S1,1", "CHAIR,S1,1", "LAMP,S1,2"))
    assert (reported, code) == (["4: sku: the product's stock at this store is in an earlier line"], 3)
    assert quantities() == {("LAMP", "S1"): 1, ("CHAIR", "S1"): 1}


def test_delivery_of_more_than_a_row_can_hold_is_refused(
    tmp_path: Path, store: Store, lamp: Product, chair: Product
) -> None:
    del chair
    make_stock(store, lamp, 5)
    file = stock_csv(tmp_path, f"LAMP,S1,{MAX_QUANTITY}", "CHAIR,S1,4")
    reported, _, code = failing(file, "--receive")
    assert (reported, code) == ([f"2: quantity: there would be more than {MAX_QUANTITY}"], 3)
    assert quantities() == {("LAMP", "S1"): 5, ("CHAIR", "S1"): 4}


@pytest.mark.usefixtures("store", "lamp")
def test_strict_saves_nothing_when_any_row_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_import, "BATCH", 1)
    assert failing(stock_csv(tmp_path, "LAMP,S1,1", "NONE,S1,2"), "--strict") == (
        ["3: sku: there is no product with this SKU: 'NONE'"],
        "1 bad rows, so nothing was saved",
        1,
    )
    assert quantities() == {}
    assert import_stock(stock_csv(tmp_path, "LAMP,S1,1"), "--strict") == "stock: 1 saved\n"


@pytest.mark.usefixtures("store", "lamp")
def test_spreadsheets_twelve_is_twelve_in_any_form_of_file(tmp_path: Path) -> None:
    import_stock(write_csv(tmp_path / "s.csv", "SKU;Store;Quantity", "LAMP;S1;12.0", encoding="utf-16"))
    assert quantities() == {("LAMP", "S1"): 12}
    packed = tmp_path / "s.jsonl.gz"
    packed.write_bytes(gzip.compress(b'{"sku": "LAMP", "store": "S1", "quantity": 13.0}'))
    import_stock(packed)
    assert quantities() == {("LAMP", "S1"): 13}


@pytest.mark.usefixtures("store", "lamp", "chair")
@pytest.mark.parametrize("option", ["--strict", "--receive"])
@pytest.mark.parametrize(
    ("lamps", "chairs", "expected"),
    [
        ("1,000", "2,500.00", (1000, 2500)),
        ("1.000", "12,0", (1000, 12)),
        ("1.000", "1000.000", (1, 1000)),
        ("1'234'567", "12.", (1234567, 12)),
        ("12.00", "1 000", (12, 1000)),
        ("12,00", "3", (12, 3)),
    ],
)
def test_quantity_is_read_as_the_whole_column_is_written(
    tmp_path: Path, option: str, lamps: str, chairs: str, expected: tuple[int, int]
) -> None:
    import_stock(stock_csv(tmp_path, f'LAMP,S1,"{lamps}"', f'CHAIR,S1,"{chairs}"'), option)
    assert quantities() == {("LAMP", "S1"): expected[0], ("CHAIR", "S1"): expected[1]}


@pytest.mark.usefixtures("store", "lamp")
@pytest.mark.parametrize("option", ["--strict", "--receive"])
@pytest.mark.parametrize("quantity", ["1,000", "1.000", "12.000", "1,234"])
def test_quantity_that_may_be_two_numbers_is_refused_unless_the_mark_is_given(
    tmp_path: Path, option: str, quantity: str
) -> None:
    file = stock_csv(tmp_path, f'LAMP,S1,"{quantity}"')
    reported, _, _ = failing(file, option)
    assert reported == [f"2: quantity: {quantity!r} is two numbers, with a decimal comma or a point (--decimal)"]
    assert quantities() == {}
    import_stock(file, option, "--decimal", "comma" if "." in quantity else "point")
    assert quantities() == {("LAMP", "S1"): int(quantity.replace(",", "").replace(".", ""))}


@pytest.mark.usefixtures("lamp", "chair")
def test_negative_count_is_none_and_is_reported(tmp_path: Path, store: Store) -> None:
    make_stock(store, Product.objects.get(sku="LAMP"), 5)
    out, err = StringIO(), StringIO()
    call_command("import_stock", stock_csv(tmp_path, "LAMP,S1,-3", "CHAIR,S1,2"), stdout=out, stderr=err)
    assert counts_in(out.getvalue()) == "stock: 2 saved, 1 negative counts saved as 0\n"
    assert err.getvalue().endswith("stock.csv:2: quantity: a count is not negative: -3 is saved as 0\n")
    assert quantities() == {("LAMP", "S1"): 0, ("CHAIR", "S1"): 2}


@pytest.mark.usefixtures("store", "lamp")
def test_negative_delivery_is_refused(tmp_path: Path) -> None:
    assert failing(stock_csv(tmp_path, "LAMP,S1,-3"), "--receive")[0] == ["2: quantity: a delivery is not negative: -3"]
    assert quantities() == {}


@pytest.mark.usefixtures("store", "lamp")
@pytest.mark.parametrize("line", ["0", "-1", "x"])
def test_line_before_the_first_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(CommandError, match=f"'{line}' is not a line: lines are counted from 1"):
        import_stock(stock_csv(tmp_path, "LAMP,S1,3"), "--receive", f"--from-line={line}")


@pytest.mark.usefixtures("store", "lamp")
def test_dry_run_of_stock_saves_nothing(tmp_path: Path) -> None:
    assert import_stock(stock_csv(tmp_path, "LAMP,S1,3"), "--dry-run") == "stock: would be: 1 saved\n"
    assert quantities() == {}


@pytest.mark.usefixtures("store", "lamp")
def test_dry_run_of_stock_fails_for_bad_rows_as_the_import_does(tmp_path: Path) -> None:
    file = stock_csv(tmp_path, "LAMP,S1,many")
    reported = ["2: quantity: 'many' is not a whole number such as 12"]
    assert failing(file, "--dry-run") == (reported, "1 bad rows would be skipped", 3)
    assert failing(file) == (reported, "1 bad rows were skipped; the others are saved", 3)


@pytest.mark.usefixtures("store", "lamp")
def test_wrong_file_or_time_is_refused(tmp_path: Path) -> None:
    assert failing(tmp_path / "none.csv") == ([], f"{tmp_path / 'none.csv'}: No such file or directory", 1)
    wrong = write_csv(tmp_path / "wrong.csv", "sku,shop,quantity")
    assert "missing: 'store'; unknown: 'shop'" in failing(wrong)[1]
    file = stock_csv(tmp_path, "LAMP,S1,1")
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    assert failing(file, "--counted-at", tomorrow)[1] == (
        f"--counted-at {tomorrow}: nothing can have been counted in the future"
    )
    assert "has no offset from UTC" in failing(file, "--counted-at", "2026-03-31T22:00")[1]
    assert quantities() == {}


@pytest.mark.django_db(transaction=True)
def test_interrupted_import_says_how_to_continue(
    tmp_path: Path, store: Store, lamp: Product, chair: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    del store, lamp, chair
    monkeypatch.setattr(stock_import, "BATCH", 1)
    file = stock_csv(tmp_path, "LAMP,S1,1", "CHAIR,S1,2")
    with connection_ends_at(stock_changed):
        _, error, code = failing(file, "--receive")
    assert error.startswith("PostgreSQL failed (")
    assert error.endswith("stock so far: 1 saved. Continue with --receive --from-line 3")
    assert code == 1
    assert import_stock(file, "--receive", "--from-line", "3") == "stock: 1 saved\n"
    assert quantities() == {("LAMP", "S1"): 1, ("CHAIR", "S1"): 2}


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_deliveries_in_opposite_orders_during_orders_sell_no_unit_twice(tmp_path: Path) -> None:
    stores = [make_store(code=f"S{number}") for number in range(2)]
    products = [make_product(sku=f"P{number}") for number in range(40)]
    rows = [f"{product.sku},{store.code},3" for store in stores for product in products]
    one = stock_csv(tmp_path, *rows)
    other = write_csv(tmp_path / "other.csv", "sku,store,quantity", *rows[::-1])
    sold: list[int] = []

    def sell() -> None:
        for product in [*products, *products[::-1]]:
            try:
                place_order(store_id=stores[0].pk, lines=[Line(product.pk, 2), Line(products[0].pk, 1)])
            except OrderRejectedError:
                continue
            sold.append(product.pk)

    in_threads(
        lambda: [import_stock(one, "--receive") for _ in range(4)],
        lambda: [import_stock(other, "--receive") for _ in range(4)],
        sell,
        sell,
    )
    assert sum(quantities().values()) == 80 * 3 * 8 - 3 * len(sold)
    assert [check_books(store_id=store.pk) for store in stores] == [[], []]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_counts_during_orders_keep_every_sale(tmp_path: Path, store: Store) -> None:
    products = [make_product(sku=f"P{number}") for number in range(30)]
    for product in products:
        make_stock(store, product, 100)
    StockAdjustment.objects.update(created_at=NOW - timedelta(days=1))
    before = (NOW - timedelta(minutes=1)).isoformat()  # before every sale below
    file = stock_csv(tmp_path, *[f"{product.sku},S1,100" for product in products[::-1]])

    def sell() -> None:
        for product in products * 2:
            place_order(store_id=store.pk, lines=[Line(product.pk, 1)])

    in_threads(lambda: [import_stock(file, "--counted-at", before) for _ in range(6)], sell, sell)
    assert set(quantities().values()) == {100 - 4}
    assert check_books(store_id=store.pk) == []
