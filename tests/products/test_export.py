"""An export is a file that the import reads, and importing it changes nothing."""

import contextlib
import csv
import gzip
import io
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orders.services import Line, place_order
from products.attribute_values import AttributeKind, AttributeType, canonical
from products.catalogue_files import cells
from products.models import Attribute, Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock, make_store
from tests.products.csv_files import counts_in
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NASTY = [
    *("=1+1", "'=1+1", "''@x", "-5", "+49 30 1234", "@home", '"', "'", "a;b,c", "two  spaces", " x ", "&amp;", "&"),
    *(
        "&#x000026;",
        "<b>bold</b>",
        "a < b",
        "#N/A",
        "####",
        "5.01235E+12",
        "1-Mar",
        "Mar-24",
        "cafe\u0301",
        "1,50",
        "007",
        "true",
        "[",
        '["a", "b"]',
    ),
    *(
        "\u200bzero\ufeff",
        "soft\u00adhyphen",
        "\u00a0nbsp",
        "\u200e",
        "left\u200emark",
        "Ünï",
        "日本語",
        "\U0001f9f0",
        "e\u0301",
        "sep=;",
        "{",
    ),
]
LINES = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
)
TEXTS = st.one_of(LINES, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
KINDS = {kind: AttributeKind(kind) for kind in AttributeType}


def of_kind(kind: AttributeType, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values as they are stored."""
    stored = values.map(lambda value: canonical(value, "code", KINDS[kind]))
    return st.one_of(st.none(), stored)


PRODUCTS = st.fixed_dictionaries(
    {
        "name": LINES,
        "brand": st.one_of(st.just(""), LINES),
        "description": TEXTS,
        "price": st.decimals(0, 99999, places=2),
        "list_price": st.one_of(st.none(), st.decimals(0, 99999, places=2)),
        "active": st.booleans(),
        "gtins": st.sampled_from([[], ["04006381333931"], ["04006381333931", "00000096385074"]]),
        "images": st.sampled_from(
            [[], [{"url": "https://example.com/a,b.jpg", "alt": 'a "b" =1'}], [{"url": "products/lost.png", "alt": ""}]]
        ),
        "attributes": st.fixed_dictionaries(
            {
                "colour": of_kind(AttributeType.TEXT, st.one_of(LINES, st.lists(LINES, min_size=2, max_size=3))),
                "weight": of_kind(AttributeType.NUMBER, st.one_of(st.integers(-999, 999), st.decimals(0, 9, places=3))),
                "wifi": of_kind(AttributeType.BOOLEAN, st.booleans()),
            }
        ),
    }
)


def state() -> list[Any]:
    return list(Product.objects.order_by("id").values())


@pytest.mark.parametrize("name", ["p.csv", "p.jsonl.gz"])
@settings(
    max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(products=st.dictionaries(LINES, PRODUCTS, min_size=3, max_size=8))
def test_importing_an_export_changes_nothing(tmp_path: Path, name: str, products: dict[str, dict[str, Any]]) -> None:
    with transaction.atomic():
        Attribute.objects.create(code="colour", label="Colour, outside", type="text")
        Attribute.objects.create(code="weight", label="Weight", type="number", unit="kg")
        Attribute.objects.create(code="wifi", label="Wi-Fi", type="boolean")
        seen: set[str] = set()
        for sku, fields in products.items():
            if sku.upper() not in seen:
                attributes = {code: value for code, value in fields["attributes"].items() if value is not None}
                Product.objects.create(sku=sku, **{**fields, "attributes": attributes})
            seen.add(sku.upper())
        before = state()
        out, err = StringIO(), StringIO()
        call_command("export_catalogue", products=tmp_path / name, stderr=StringIO())
        with contextlib.suppress(CommandError):
            call_command("import_catalogue", products=tmp_path / name, stdout=out, stderr=err)
        assert err.getvalue() == ""
        assert counts_in(out.getvalue()) == f"products: 0 created, 0 updated, {len(before):,} unchanged\n"
        assert state() == before
        transaction.set_rollback(True)


@given(text=TEXTS)
def test_every_text_is_read_as_it_was_written(text: str) -> None:
    assert cells.clean(cells.as_typed(cells.harmless(cells.literal(text, cells.clean)))) == text


@given(text=st.one_of(LINES, st.sampled_from(["=cmd|x", "\t=1", "\uff1d1"])))
def test_no_cell_is_a_formula(text: str) -> None:
    cell = cells.harmless(text)
    assert cell[:1] not in set("=@\t\r\uff1d\uff20\uff0b\uff0d")
    assert cell[:1] not in {"+", "-"} or cell[1:].replace(".", "").replace(",", "").isdigit()


def test_export_can_be_read_by_a_spreadsheet_and_by_an_empty_shop(tmp_path: Path) -> None:
    Attribute.objects.create(code="screen_size", label="Screen size", type="number", unit="inch")
    Attribute.objects.create(code="colour", label="Farbe", type="text")
    make_product(
        "Lamp; =big",
        sku="A",
        category="Home > Lamps",
        price="5",
        attributes={"screen_size": 15.6, "colour": ["Red", "B"]},
    )
    call_command("export_catalogue", products=tmp_path / "p.csv", stderr=StringIO())
    raw = (tmp_path / "p.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfsku,")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert {name: row[name] for name in ("sku", "name", "category", "price", "active")} == {
        "sku": "A",
        "name": "Lamp; =big",
        "category": "Home > Lamps",
        "price": "5.00",
        "active": "true",
    }
    assert (row["attr:Screen size [inch]"], row["attr:colour"]) == ("15.6", '["Red","B"]')
    Product.objects.all().delete()
    Attribute.objects.all().delete()
    call_command("import_catalogue", products=tmp_path / "p.csv", stdout=StringIO())
    product = Product.objects.get()
    assert (product.name, product.price, product.attributes) == (
        "Lamp; =big",
        Decimal("5.00"),
        {"screen_size": 15.6, "colour": ["Red", "B"]},
    )
    assert Attribute.objects.get(code="screen_size").unit == "inch"


@pytest.mark.parametrize("name", ["s.csv", "s.jsonl"])
def test_importing_exported_stores_changes_nothing(tmp_path: Path, name: str) -> None:
    make_store("=Main", code="S-1", address='5 "A" Street', latitude=Decimal("45.5"), longitude=Decimal("-93.25"))
    make_store("Second", code="007")
    before, out = list(Store.objects.order_by("id").values()), StringIO()
    call_command("export_catalogue", stores=tmp_path / name, stderr=StringIO())
    call_command("import_catalogue", stores=tmp_path / name, stdout=out)
    assert counts_in(out.getvalue()) == "stores: 0 created, 0 updated, 2 unchanged\n"
    assert list(Store.objects.order_by("id").values()) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["s.csv", "s.jsonl.gz"])
def test_importing_exported_stock_changes_no_quantity(tmp_path: Path, name: str) -> None:
    stores, products = [make_store(code=f"S{n}") for n in range(2)], [make_product(sku=f"=P{n}") for n in range(3)]
    for number, product in enumerate(products):
        make_stock(stores[number % 2], product, number * 7)
    before, out, err = set(Inventory.objects.values_list("id", "quantity")), StringIO(), StringIO()
    call_command("export_stock", tmp_path / name, stderr=err)
    options = err.getvalue().split("import it with ")[1].split()
    call_command("import_stock", str(tmp_path / name), *options, stdout=out)
    assert counts_in(out.getvalue()).startswith("stock: ")
    assert set(Inventory.objects.values_list("id", "quantity")) == before


@pytest.mark.django_db(transaction=True)
def test_sale_during_the_export_of_stock_is_applied_once_by_an_import(tmp_path: Path) -> None:
    store, product = make_store(code="S1"), make_product(sku="A")
    make_stock(store, product, 5)
    sales: list[object] = []

    def sell() -> None:
        sales.append(place_order(store_id=store.pk, lines=[Line(product.pk, 1)]))

    def sell_after_the_time_is_read(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if "clock_timestamp" in sql:
            in_threads(sell)
        return found

    err = StringIO()
    with connection.execute_wrapper(sell_after_the_time_is_read):
        call_command("export_stock", tmp_path / "s.csv", stderr=err)
    assert len(sales) == 1
    options = err.getvalue().split("import it with ")[1].split()
    call_command("import_stock", str(tmp_path / "s.csv"), *options, stdout=StringIO())
    assert Inventory.objects.get().quantity == 4


@pytest.mark.django_db(transaction=True)
def test_export_of_one_store(tmp_path: Path) -> None:
    store, product = make_store(code="S1"), make_product(sku="A")
    make_stock(store, product, 3)
    make_stock(make_store(code="S2"), product, 4)
    call_command("export_stock", tmp_path / "s.csv.gz", "--store", "S1", stderr=StringIO())
    assert (
        gzip.decompress((tmp_path / "s.csv.gz").read_bytes()).decode("utf-8-sig") == "sku,store,quantity\r\nA,S1,3\r\n"
    )
    with pytest.raises(CommandError, match="there is no store with the code 'S9'"):
        call_command("export_stock", tmp_path / "s.csv", "--store", "S9")


def test_failed_export_leaves_the_earlier_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("export_catalogue", products=tmp_path / "none" / "p.csv")
    assert list(tmp_path.iterdir()) == []
