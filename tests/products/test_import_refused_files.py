"""An invalid file gives one clear error, and nothing of any file is saved."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

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
    assert refusal(tmp_path / "pipe") == ": this is not a file"


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    assert refusal(tmp_path / "empty.csv") == f": the file is empty; it starts with a header: {PRODUCT_HEADER}"


def test_misspelt_column(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", PRODUCT_HEADER.replace("name", "nmae"), "1,n,,,1,,,")
    assert refusal(file) == f":1: wrong header (missing: 'name'; unknown: 'nmae'); it must name {PRODUCT_HEADER}"


def test_column_given_twice(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", f"{PRODUCT_HEADER},sku", "1,n,,,1,,,,1")
    assert refusal(file) == f":1: wrong header (given twice: 'sku'); it must name {PRODUCT_HEADER}"


def test_stores_given_as_products(tmp_path: Path) -> None:
    assert refusal(write_csv(tmp_path / "p.csv", STORE_HEADER)).startswith(":1: wrong header (missing: 'sku'")


def test_quote_never_closed_in_the_header(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "p.csv", '"' + PRODUCT_HEADER, "1,n,,,1,,,")
    assert refusal(file) == ":1: in the header a quote is opened and never closed"


def test_latin_1_far_down_the_file_is_found_before_anything_is_saved(tmp_path: Path) -> None:
    file = products_csv(tmp_path, *[f"S{number},A name,,,1,,," for number in range(60_000)])
    with file.open("ab") as end:
        end.write("LAST,Café,,,1,,,\n".encode("latin-1"))
    assert refusal(file) == ":60002: the file is not UTF-8 (invalid continuation byte); save it as UTF-8"


def test_utf_16(tmp_path: Path) -> None:
    assert refusal(products_csv(tmp_path, "1,n,,,1,,,", encoding="utf-16")) == ": the file is UTF-16; save it as UTF-8"


def test_file_cut_inside_a_character(tmp_path: Path) -> None:
    file = products_csv(tmp_path)
    file.write_bytes(file.read_bytes() + "1,Café".encode()[:-1])
    assert refusal(file) == ":2: the file ends inside a character; is it complete?"


def test_wrong_stores_file_keeps_a_right_products_file_out(tmp_path: Path) -> None:
    stores = write_csv(tmp_path / "stores.csv", "code,name")
    with pytest.raises(CommandError, match="wrong header"):
        call_command("import_catalogue", products=products_csv(tmp_path, "1,n,,,1,,,"), stores=stores)
    assert Product.objects.count() == 0


def test_wrong_products_file_keeps_a_right_stores_file_out(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_catalogue", products=tmp_path / "none.csv", stores=stores_csv(tmp_path, "1,A,,,,,,"))
    assert Store.objects.count() == 0
