"""A bad row is reported with file, line, column and reason, and the other rows are saved."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from products.models import Category, Product
from stores.models import Store
from tests.products.csv_files import counts_in, products_csv, stores_csv

pytestmark = [pytest.mark.django_db, pytest.mark.service]

GOOD = "GOOD,Good one,,,1,,,"
SHORTENED = "is a number that a spreadsheet has shortened: format the column as text, and export again"


def import_products(file: Path, **options: bool) -> list[str]:
    """The reports, without the file's path before each line number."""
    err, code = StringIO(), 0
    try:
        call_command("import_catalogue", products=file, stdout=StringIO(), stderr=err, **options)
    except CommandError as error:
        code = error.returncode
    assert code == (3 if err.getvalue() else 0)
    return [line.removeprefix(f"{file}:") for line in err.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("row", "reported"),
    [
        (",n,,,1,,,", "sku: it is empty"),
        ("S,,,,1,,,", "sku: there is no product with this SKU, and a new one needs a name and a price"),
        (f"{'s' * 65},n,,,1,,,", "sku: it has 65 characters; at most 64 fit"),
        (f"S,{'n' * 301},,,1,,,", "name: it has 301 characters; at most 300 fit"),
        (f"S,n,{'b' * 101},,1,,,", "brand: it has 101 characters; at most 100 fit"),
        ("S,n,,,,,,", "sku: there is no product with this SKU, and a new one needs a name and a price"),
        ("S,n,,,NaN,,,", "price: 'NaN' is not a number such as 49.95"),
        ("S,n,,,Infinity,,,", "price: 'Infinity' is not a number such as 49.95"),
        ("S,n,,,1e3,,,", "price: '1e3' is not a number such as 49.95"),
        ('S,n,,,"1,505",,,', "price: '1,505' is two numbers, with a decimal comma or a point (--decimal)"),
        ("S,n,,,#REF!,,,", "price: #REF! is an error of a spreadsheet, not a value"),
        ("S,n,,,€5,,,", "price: '€5' is not an amount in USD; if € is its sign, add --currency-sign €"),
        ("S,n,,,-0.01,,,", "price: a price is not negative: -0.01"),
        ("S,n,,,10000000000,,,", "price: 10000000000 is more than the highest price, 9999999999.99"),
        ("S,n,,,1.005,,,", "price: a price in USD has at most 2 decimals, not 1.005"),
        (
            "5.01235E+12,n,,,1,,,",
            f"sku: '5.01235E+12' {SHORTENED}",
        ),
        (
            "1-Mar,n,,,1,,,",
            "sku: '1-Mar' is a date that a spreadsheet has made of a code: format the column as text, and export again",
        ),
        ("good,n,,,1,,,", "sku: 'good' differs only in case from 'GOOD' in line 2"),
        ("S,n,,A > > B,1,,,", "category: a name is empty between the '>' of 'A > > B'"),
        (f"S,n,,A > {'b' * 101},1,,,", "category: it has 101 characters; at most 100 fit"),
        ("S,n\0,,,1,,,", "name: it has a character that cannot be shown, '\\x00'"),
        ("S,n,,,1,d\0,,", "description: it has a NUL byte"),
        ('S,"two\nlines",,,1,,,', "name: it has a character that cannot be shown, '\\n'"),
        ("S,n", "brand: the row has 2 values, not 8"),
        ("S,n,,,1,,,,extra", "column 9: the row has 9 values, not 8"),
        (
            'S,"n"x,,,1,,,',
            "name: text follows a closing quote; is a quote never closed, or one inside a value not doubled?",
        ),
    ],
)
def test_bad_value_is_named_and_the_row_skipped(tmp_path: Path, row: str, reported: str) -> None:
    reports = import_products(products_csv(tmp_path, GOOD, row, "LAST,After it,,,2,,,"))
    assert reports == [f"3: {reported}"]
    assert list(Product.objects.order_by("sku").values_list("sku", flat=True)) == ["GOOD", "LAST"]


def test_everything_wrong_with_a_row_is_reported(tmp_path: Path) -> None:
    assert import_products(products_csv(tmp_path, ",n,,>,-1,,,soon")) == [
        "2: sku: it is empty",
        "2: category: a name is empty between the '>' of '>'",
        "2: price: a price is not negative: -1",
        "2: released: 'soon' is not a date such as 2026-03-31",
    ]


@pytest.mark.parametrize(("blank", "row"), [("name", "GOOD,,,,1,,,"), ("price", "GOOD,Another,,,,,,")])
def test_value_that_a_product_must_have_cannot_be_cleared(tmp_path: Path, blank: str, row: str) -> None:
    import_products(products_csv(tmp_path, GOOD))
    before = Product.objects.values().get()
    assert import_products(products_csv(tmp_path, row), clear_empty=True) == [f"2: {blank}: it is empty"]
    assert Product.objects.values().get() == before


def test_first_row_of_a_repeated_sku_is_saved(tmp_path: Path) -> None:
    assert import_products(products_csv(tmp_path, GOOD, "X,x,,,1,,,", GOOD.replace("Good", "Another"))) == [
        "4: sku: 'GOOD' is already in line 2"
    ]
    assert Product.objects.get(sku="GOOD").name == "Good one"


def test_quote_never_closed_hides_no_row_after_it(tmp_path: Path) -> None:
    rows = ('1,"open,,,1,,,', "2,second,,,1,,,", '3,third,,,1,"never closed,,', "4,fourth,,,1,,,", "5,fifth,,,1,,,")
    assert import_products(products_csv(tmp_path, *rows)) == [
        "2: name: text follows a closing quote; is a quote never closed, or one inside a value not doubled?",
        "4: description: a quote is opened and never closed",
    ]
    assert list(Product.objects.order_by("sku").values_list("sku", flat=True)) == ["2", "4", "5"]


def test_quote_never_closed_in_a_long_file_hides_no_row_after_it(tmp_path: Path) -> None:
    rows = [f"S{number},A product with a name of ordinary length,,,1,,," for number in range(4000)]
    assert import_products(products_csv(tmp_path, '1,"open,,,1,,,', *rows)) == [
        "2: name: a quote is opened and never closed"
    ]
    assert Product.objects.count() == 4000


def test_line_is_the_one_on_which_the_row_starts(tmp_path: Path) -> None:
    rows = ('1,ok,,,1,"one\ntwo\nthree",,', "", "2,bad,,,x,,,")
    assert import_products(products_csv(tmp_path, *rows)) == ["6: price: 'x' is not a number such as 49.95"]


def test_bad_coordinates_of_a_store_are_reported(tmp_path: Path) -> None:
    file, err = stores_csv(tmp_path, "1,A,,,,,90.5,0", "2,B,,,,,north,0", "3,C,,,,,-90,180"), StringIO()
    with pytest.raises(CommandError, match="2 bad rows were skipped; the others are saved"):
        call_command("import_catalogue", stores=file, stdout=StringIO(), stderr=err)
    assert err.getvalue().splitlines() == [
        f"{file}:2: latitude: degrees go from -90 to 90, not 90.5",
        f"{file}:3: latitude: 'north' is not a number such as 45.52",
    ]
    assert Store.objects.values_list("code", flat=True).get() == "3"


def test_summary_and_exit_code_report_skipped_rows(tmp_path: Path) -> None:
    out = StringIO()
    file = products_csv(tmp_path, GOOD, ",,,,,,,x")
    with pytest.raises(CommandError) as error:
        call_command("import_catalogue", products=file, stdout=out, stderr=StringIO())
    assert (error.value.returncode, str(error.value)) == (3, "1 bad rows were skipped; the others are saved")
    assert counts_in(out.getvalue()) == "products: 1 created, 0 updated, 0 unchanged, 1 bad rows skipped\n"


def test_path_of_categories_is_measured_as_it_is_stored(tmp_path: Path) -> None:
    names = ["x" * 70] * 7
    fits, too_long = ">".join([*names[:6], "y" * 62]), ">".join([*names[:6], "y" * 63])
    assert (len(fits), len(too_long)) == (488, 489)
    file = products_csv(tmp_path, f"1,x,,{fits},1,,,", f"2,x,,{too_long},1,,,")
    assert import_products(file) == ["3: category: it has 501 characters; at most 500 fit"]
    assert list(Product.objects.values_list("sku", flat=True)) == ["1"]


def test_strict_saves_nothing_and_still_reports_every_bad_row(tmp_path: Path) -> None:
    rows = [f"S{number},Fine,,New > Tree,1,,," for number in range(2_500)]
    products = products_csv(tmp_path, *rows, "BAD,n,,,x,,,", "S9999,Fine,,,1,,,", ",n,,,1,,,")
    err = StringIO()
    with pytest.raises(CommandError, match="2 bad rows, so nothing was saved"):
        call_command(
            "import_catalogue",
            products=products,
            stores=stores_csv(tmp_path, "1,Main Street,,,,,,"),
            strict=True,
            stderr=err,
        )
    assert err.getvalue().splitlines() == [
        f"{products}:2502: price: 'x' is not a number such as 49.95",
        f"{products}:2504: sku: it is empty",
    ]
    assert (Product.objects.count(), Category.objects.count(), Store.objects.count()) == (0, 0, 0)


def test_strict_saves_files_without_a_fault(tmp_path: Path) -> None:
    assert import_products(products_csv(tmp_path, GOOD), strict=True) == []
    assert Product.objects.get().sku == "GOOD"
