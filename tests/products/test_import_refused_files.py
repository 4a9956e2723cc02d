"""An invalid file gives one clear error, and nothing of any file is saved."""

import gzip
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from products.catalogue_files.source import CHUNK
from products.models import Product
from stores.models import Store
from tests.products.csv_files import PRODUCT_HEADER, STORE_HEADER, products_csv, stores_csv, write_csv

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def refusal(products: Path) -> str:
    """The message, without the file's path before it."""
    with pytest.raises(CommandError) as error:
        call_command("import_catalogue", products=products)
    assert str(error.value).startswith(str(products))
    assert Product.objects.count() == 0
    return str(error.value).removeprefix(str(products))


def test_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == ": No such file or directory"


def test_directory(tmp_path: Path) -> None:
    assert refusal(tmp_path) == ": this is a directory"


def test_pipe_which_could_be_read_once_only(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == ": this is not a file; to read a pipe, give - as the file"


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    assert refusal(tmp_path / "empty.csv") == ": the file is empty; it starts with a header such as sku,name,price"


def test_column_that_two_headers_mean(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", f"{PRODUCT_HEADER},List price,LIST_PRICE", "1,n,,,1,,,,2,3")
    assert refusal(file) == (
        ": 'List price' and 'LIST_PRICE' are both list_price; say which one is not, in a file for --mapping: "
        '[columns] "LIST_PRICE" = "ignore"'
    )


def test_column_given_twice(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", f"{PRODUCT_HEADER},sku", "1,n,,,1,,,,1")
    assert refusal(file) == (
        ": 'sku' and 'sku (2)' are both sku; say which one is not, in a file for --mapping: "
        '[columns] "sku (2)" = "ignore"'
    )


def test_stores_given_as_products(tmp_path: Path) -> None:
    assert refusal(write_csv(tmp_path / "p.csv", STORE_HEADER)).startswith(
        ": no column is the sku of products (the first line, which is the header, has: code, name"
    )


def test_quote_never_closed_in_the_header(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", '"' + PRODUCT_HEADER, "1,n,,,1,,,")
    assert refusal(file) == ":1: in the header a quote is opened and never closed"


def test_bad_byte_far_down_a_file_of_utf_8_is_found_before_anything_is_saved(tmp_path: Path) -> None:
    file = products_csv(tmp_path, *[f"S{number},Café {number},,,1,,," for number in range(60_000)])
    with file.open("ab") as end:
        end.write("LAST,Café,,,1,,,\n".encode("latin-1"))
    assert refusal(file) == (
        ":60002: the file is not UTF-8 (invalid continuation byte); "
        "save it as CSV (UTF-8), as an Excel workbook (xlsx), or as JSON Lines"
    )


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04", "this is a ZIP archive, or a workbook that is not of Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "this is an old Excel workbook (xls)"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"<?xml version='1.0'?>", "this is XML"),
        (bytes(range(1, 32)) * 4, "this is not a text"),
    ],
)
def test_file_that_is_no_text(tmp_path: Path, start: bytes, what: str) -> None:
    (tmp_path / "p.csv").write_bytes(start + b"sku,name\n")
    assert refusal(tmp_path / "p.csv") == (
        f": {what}; save it as CSV (UTF-8), as an Excel workbook (xlsx), or as JSON Lines"
    )


@pytest.mark.parametrize("size", [1024, CHUNK - 20])
def test_workbook_with_a_password(tmp_path: Path, size: int) -> None:
    """Excel puts the encrypted workbook into a file of the old form, here with its name across two reads."""
    (tmp_path / "p.xlsx").write_bytes(b"\xd0\xcf\x11\xe0".ljust(size, b"\0") + "EncryptedPackage".encode("utf-16-le"))
    assert refusal(tmp_path / "p.xlsx") == ": this is a workbook with a password; save it without one"


def test_utf_16_without_a_mark(tmp_path: Path) -> None:
    assert refusal(products_csv(tmp_path, "1,n,,,1,,,", encoding="utf-16-le")) == (
        ": it looks like UTF-16 without a mark: add --encoding utf-16-le, or "
        "save it as CSV (UTF-8), as an Excel workbook (xlsx), or as JSON Lines"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"sku": "1"},\n{"sku": "2"}\n', ":3: the file ends inside the array; is it complete?"),
        ('[{"sku": "1"}\n{"sku": "2"}]', ":2: , or ] is missing"),
        ('[{"sku": "1"}]\n[{"sku": "2"}]', ":2: text follows the end of the array"),
        ('[{"sku": "1"},\n{"sku": "2"', ":2: it is not JSON, or it is not complete: Expecting ',' delimiter"),
        ('[{"sku": "1"},\n]', ":2: it is not JSON, or it is not complete: Expecting value"),
    ],
)
def test_broken_array_of_json(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "p.json").write_text(text)
    assert refusal(tmp_path / "p.json").startswith(reason)


def test_gzip_that_is_cut_off(tmp_path: Path) -> None:
    whole = gzip.compress(b"sku,name,price\n" + b"".join(b"%d,n,%d\n" % (n, n * n) for n in range(5000)))
    (tmp_path / "p.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert refusal(tmp_path / "p.csv.gz").startswith(": the gzip file is damaged or cut off (")


def test_file_cut_inside_a_character(tmp_path: Path) -> None:
    file = products_csv(tmp_path)
    file.write_bytes(file.read_bytes() + "1,Café".encode()[:-1])
    assert refusal(file) == ":2: the file ends inside a character; is it complete?"


def test_wrong_stores_file_keeps_a_right_products_file_out(tmp_path: Path) -> None:
    stores = write_csv(tmp_path / "stores.csv", "number,name")
    with pytest.raises(CommandError, match="no column is the code of stores"):
        call_command("import_catalogue", products=products_csv(tmp_path, "1,n,,,1,,,"), stores=stores)
    assert Product.objects.count() == 0


def test_wrong_products_file_keeps_a_right_stores_file_out(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_catalogue", products=tmp_path / "none.csv", stores=stores_csv(tmp_path, "1,A,,,,,,"))
    assert Store.objects.count() == 0
