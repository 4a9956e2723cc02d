"""Which products an import changes, creates and deactivates, and their identifiers and pictures."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError
from pytest_django import Settings

from products.models import Product
from tests.factories import make_product
from tests.products.csv_files import counts_in
from tests.products.importing import json_lines, run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def test_picture_is_an_address_or_a_stored_file(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stored_name = default_storage.save("products/front.png", ContentFile(b"x"))
    make_product(sku="old", images=[{"url": "products/gone.png", "alt": ""}])
    good = ["https://example.com/a.jpg", stored_name, f"{stored_name} https://example.com/a.jpg"]
    bad = ["front.png", "see catalogue", "n.a.", "www.example.com/a.jpg", f"{stored_name} other.png"]
    rows = "".join(f"{number},x,1,{cell}\n" for number, cell in enumerate([*good, *bad]))
    _, reports = run(write(tmp_path, f"SKU,Name,Price,Image\n{rows}old,,2,products/gone.png\n"))
    assert reports == [
        f"{5 + place}: Image: "
        + "; ".join(
            f"{name!r} is neither an http(s) address nor the name of a stored file"
            for name in sorted(cell.split())
            if name != stored_name
        )
        for place, cell in enumerate(bad)
    ]
    assert [sku for (sku,) in stored("sku")] == ["0", "1", "2", "old"]
    assert stored("images")[3] == ([{"url": "products/gone.png", "alt": ""}],)


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("sku,price\nA,7.50\nB,8\n", {"price": Decimal("7.50")}),
        ("sku,active\nA,no\nB,yes\n", {"active": False}),
        ("SKU;LIST-PRICE\nA;20\nB;\n", {"list_price": Decimal("20.00")}),
        ("sku,gtin\nA,4006381333931\nB,\n", {"gtins": ["04006381333931"]}),
    ],
)
def test_partial_file_changes_its_columns_of_known_products(tmp_path: Path, file: str, changed: dict[str, Any]) -> None:
    known = make_product(sku="A", name="Old", brand="Brand", description="Text", attributes={"colour": "Red"})
    before = Product.objects.values().get()
    _, reports = run(write(tmp_path, file))
    after = Product.objects.values().get(pk=known.pk)
    assert after == {**before, **changed, "updated_at": after["updated_at"]}
    reason = "there is no product with this SKU, and a new one needs a name and a price"
    assert reports == [f"3: {file[:3]}: {reason}"]


def test_sku_that_differs_from_a_known_one_only_in_case_is_refused(tmp_path: Path) -> None:
    make_product(sku="Ab-1")
    _, reports = run(write(tmp_path, "sku,name,price\nAB-1,x,1\nAb-1,y,2"))
    assert reports == ["2: sku: 'AB-1' differs only in case from the product 'Ab-1'"]
    assert stored("sku", "name") == [("Ab-1", "y")]


def test_products_that_differ_only_in_case_are_both_updated(tmp_path: Path) -> None:
    make_product(sku="L-1")
    make_product(sku="l-1")
    text = "sku,name,price\nL-1,upper,1\nl-1,lower,2\nl-1,again,3\nS-1,new,4\ns-1,other,5"
    for _ in range(2):
        _, reports = run(write(tmp_path, text))
        assert reports == [
            "4: sku: 'l-1' is already in line 3",
            "6: sku: 's-1' differs only in case from 'S-1' in line 5",
        ]
    assert set(stored("sku", "name")) == {("L-1", "upper"), ("l-1", "lower"), ("S-1", "new")}


def test_product_that_a_file_names_in_other_case_is_not_missing(tmp_path: Path) -> None:
    for sku in ("L-1", "K-1", "k-1"):
        make_product(sku=sku)
    _, reports = run(write(tmp_path, "sku,price\nl-1,9\nK-1,9\n"), "--delete-missing", "--missing-limit", "100")
    assert reports[0] == "2: sku: 'l-1' differs only in case from the product 'L-1'"
    assert set(Product.objects.values_list("sku", "active")) == {("L-1", True), ("K-1", True), ("k-1", False)}


def test_products_that_a_file_leaves_out_are_deactivated_with_a_limit(tmp_path: Path) -> None:
    for number in range(20):
        make_product(sku=f"S{number}")
    whole = write(tmp_path, "sku\n" + "".join(f"S{number}\n" for number in range(19)))
    out, _ = run(whole, "--delete-missing")
    assert out.endswith("products that no file names: 1 deactivated\n")
    assert Product.objects.filter(active=False).values_list("sku", flat=True).get() == "S19"
    half = write(tmp_path, "sku,price\n" + "".join(f"S{number},99\n" for number in range(10)))
    with pytest.raises(CommandError, match="9 of 19 active products are in no file, more than 10 %; nothing was saved"):
        run(half, "--delete-missing")
    assert not Product.objects.filter(price=99).exists()
    assert run(half, "--delete-missing", "--dry-run", "--missing-limit", "100")[0].endswith(
        "products that no file names: 9 would be deactivated\n"
    )
    run(half, "--delete-missing", "--missing-limit", "100")
    assert (Product.objects.filter(active=True).count(), Product.objects.filter(price=99).count()) == (10, 10)


def test_row_that_cannot_be_read_prevents_deactivation(tmp_path: Path) -> None:
    for number in range(20):
        make_product(sku=f"S{number}")
    rows = "".join(f"S{number},1\n" for number in range(19))
    with pytest.raises(CommandError, match="but 1 rows have no readable SKU; nothing was saved"):
        run(write(tmp_path, f'sku,price\n{rows}"S19,1\n'), "--delete-missing")
    assert not Product.objects.filter(active=False).exists()


def test_several_files_are_imported_in_their_order(tmp_path: Path) -> None:
    whole = write(tmp_path, "sku,name,price\nA,x,1\n")
    (tmp_path / "more.jsonl").write_bytes(
        json_lines({"sku": "A", "number": {"weight": 2.0}, "gtin": ["4006381333931"]})
    )
    out, reports = run(whole, "--products", str(tmp_path / "more.jsonl"))
    assert (stored("attributes", "gtins"), reports) == ([({"weight": 2}, ["04006381333931"])], [])
    assert counts_in(out) == (
        "products: 1 created, 0 updated, 0 unchanged\nproducts: 0 created, 1 updated, 0 unchanged\n"
    )


def test_gtin_without_its_zeros_in_front_is_completed_by_its_check_digit(tmp_path: Path) -> None:
    _, reports = run(
        write(tmp_path, "sku,name,price,EAN\n1,x,1,36000291452\n2,x,1,36000291453\n3,x,1,4.00638E+12"), "--dry-run"
    )
    assert reports == [
        "3: EAN: '036000291453' is not a GTIN: its check digit is wrong; the value is left out (2 in this column)"
    ]


def test_apostrophe_before_a_gtin_is_not_part_of_it(tmp_path: Path) -> None:
    run(write(tmp_path, "sku,name,price,gtins\n1,x,1,'4006381333931\n"))
    assert stored("gtins") == [(["04006381333931"],)]


def test_bad_barcode_is_reported_without_its_place_in_the_cell(tmp_path: Path) -> None:
    assert run(write(tmp_path, "sku,name,price,gtin\n1,x,1,4006381333932"))[1] == [
        "2: gtin: '4006381333932' is not a GTIN: its check digit is wrong; the value is left out"
    ]
