"""The fields of a products file."""

import json
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from products import gtin, product_data, value_parsers
from products.attribute_values import FALSE_WORDS, TRUE_WORDS, AttributeKind, AttributeType
from products.catalogue_files import cells
from products.catalogue_files.fields import Field, Form
from products.catalogue_files.notations import DateColumn
from products.models import PATH_SEPARATOR, Attribute, Product
from products.services import ensure_attributes, set_active
from products.tables import BATCH, Record, Table
from products.upsert import UNKNOWN, upsert_products

# Words for a product in the shop, and for one that is hidden, as shop systems write them: WooCommerce -1 for a draft,
# Magento 2 for what is disabled.
SHOWN = TRUE_WORDS | {"on", "active", "publish", "published", "visible", "enabled"}
HIDDEN = FALSE_WORDS | {"off", "inactive", "draft", "archived", "hidden", "disabled", "private", "pending", "-1", "2"}
SEVERAL_GTINS = re.compile(r"[,;|\n]+")
OTHER_BARCODE = re.compile(r"(?<![a-z])(upc|ean|jan)(?![a-z])|isbn", re.IGNORECASE)
SEVERAL_URLS = re.compile(r"[\s|]+|[,;](?=\s*https?://)")


def active(value: object) -> bool:
    word = str(value).strip().casefold()
    if isinstance(value, bool) or word in SHOWN | HIDDEN:
        return word in SHOWN
    raise ValueError(f"{value!r} is not true or false")


def gtins(value: object, header: str = "") -> list[str]:
    """GTINs of 14 digits. Zeros in front that a spreadsheet dropped are put back; the check digit proves it.

    Ten digits that are right as an ISBN-10 and as a UPC are the ISBN, unless the header names another barcode.
    """
    named = {found[0].casefold() for found in OTHER_BARCODE.finditer(header)}
    are_books = not named or "isbn" in named
    cells_of = value if isinstance(value, list) else SEVERAL_GTINS.split(str(value))
    texts = (text for cell in cells_of for text in _spaced(str(cell).strip()))
    return _without_places(product_data.gtins, [_padded(text.removeprefix("'"), are_books) for text in texts])


def _spaced(text: str) -> list[str]:
    """The barcodes of a text with spaces, which are between several, or in one: 4 006381 333931."""
    return [re.sub(r"\s", "", text)] if gtin.is_valid(text) else text.split()


def _padded(text: str, are_books: bool) -> str:  # noqa: FBT001 - of the column
    is_number = text.isascii() and text.isdigit() and len(text) >= gtin.LENGTHS[0]
    lengths = [length for length in gtin.LENGTHS if length >= len(text)]
    whole = text.zfill(lengths[0]) if is_number and lengths else text
    isbn = text.zfill(gtin.ISBN_10_LENGTH)
    is_barcode = bool(re.fullmatch(r"\d+", whole, re.ASCII) and gtin.is_valid(whole))
    is_isbn = gtin.is_isbn_10(isbn) and (not is_barcode or (are_books and isbn == text))
    return isbn if is_isbn else whole


def images(value: object) -> list[Any]:
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    elif isinstance(value, str):
        value = list(filter(None, SEVERAL_URLS.split(value)))
    if isinstance(value, list):  # other systems call the address `src`, and have further members
        value = [
            {"url": each["src"], "alt": each.get("alt")}
            if isinstance(each, dict) and "src" in each and "url" not in each
            else each
            for each in value
        ]
    return _without_places(product_data.images, value)


def _without_places(parse: Callable[[Any], list[Any]], values: Any) -> list[Any]:
    """The parsed values of one cell, in which a place such as [0] says nothing."""
    try:
        return parse(values)
    except product_data.BadValuesError as error:
        raise ValueError("; ".join(error.faults.values())) from None


def categories(value: Any) -> str:
    """The deepest of some paths; '' for none. In JSON each may be an object with a path or a name."""
    paths = [_category(each) for each in (value if isinstance(value, list) else [value])]
    return str(value_parsers.category_path(max(paths, key=lambda path: path.count(PATH_SEPARATOR.strip()))))


def category(value: Any) -> str:
    """A path; in JSON it may be a list of its names from the root down."""
    if isinstance(value, list):
        marks = [each for each in value if PATH_SEPARATOR.strip() in str(each)]
        if marks or not all(isinstance(each, str) for each in value):
            raise ValueError(f"its list has not the names of one path, such as ['Computers', 'Laptops']: {value}")
        value = PATH_SEPARATOR.join(value)
    return str(value_parsers.of_text(value_parsers.category_path)(value))


def _category(value: Any) -> str:
    found = value
    if isinstance(value, dict) and isinstance(found := value.get("path") or value.get("name"), str):
        found = cells.clean_line(found)
    if not isinstance(found, str | int | Decimal) or isinstance(found, bool):
        raise ValueError(f"it has neither a path nor a name: {value}")  # noqa: TRY004 - as for every bad value
    return str(found)


def each_once(first: list[Any], second: list[Any]) -> list[Any]:
    return list({str(item): item for item in [*first, *second]}.values())


def complete(record: Record, fields: Collection[str]) -> None:
    """Make the product's fields of those that only files have."""
    if found := record.pop("categories", None):
        record["category"] = record.get("category") or found
    elif found is not None:
        record.setdefault("category", found)
    apply_sale(record, fields)


def apply_sale(record: Record, fields: Collection[str]) -> None:
    """A sale price becomes the price, and the price the list price unless the row has one, as in other shop systems.

    Without either the product is not on sale, so that the end of a sale ends it here.
    """
    begins, ends = record.pop("sale_dates", None) or (None, None)
    begins, ends = record.pop("sale_from", None) or begins, record.pop("sale_until", None) or ends
    if "sale_price" not in fields:
        return
    today = timezone.localdate()
    sale = record.pop("sale_price", None)
    if not (begins or today) <= today <= (ends or today):
        sale = None
    if "price" in record:
        record["list_price"] = record.get("list_price") or (record["price"] if sale else None)
    if sale:
        record["price"] = sale


def sale_dates(text: str) -> tuple[date | None, date | None]:
    """The days of '2026-01-01T00:00-0800/2026-02-01T23:59-0800', as in feeds for Google."""
    first, mark, last = text.partition("/")
    if not mark:
        raise ValueError(f"{text!r} is not two dates such as 2026-03-31/2026-04-30")
    column = DateColumn()
    begins, ends = (value_parsers.iso_date(column.read(each.strip())) for each in (first, last))
    return begins, ends


def known_attributes() -> Mapping[str, tuple[str, AttributeKind]]:
    rows = Attribute.objects.values_list("code", "label", "type", "unit").order_by()
    return {code: (label, AttributeKind(AttributeType(kind), unit)) for code, label, kind, unit in rows}


def missing_products(skus: set[str]) -> tuple[list[int], int]:
    """The ids of active products with other SKUs, and the number of all active products.

    A SKU in other case is not another one, unless there is a product with exactly it.
    """
    others: list[tuple[int, str]] = []
    unknown = set(skus)
    active_products = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, sku FROM products_product WHERE active ORDER BY id")
        while rows := cursor.fetchmany(BATCH):
            active_products += len(rows)
            others += [(product_id, sku) for product_id, sku in rows if sku not in skus]
            unknown.difference_update(sku for _, sku in rows)
    in_other_case = {sku.upper() for sku in unknown}
    return [product_id for product_id, sku in others if sku.upper() not in in_other_case], active_products


def deactivate(product_ids: Sequence[int]) -> int:
    """Hide products, a batch in each transaction."""
    batches = (product_ids[start : start + BATCH] for start in range(0, len(product_ids), BATCH))
    return sum(set_active(product_ids=batch, active=False) for batch in batches)


_fitting = partial(value_parsers.fitting, required=True)
_price = Field(value_parsers.of_text(value_parsers.price), Form.MONEY)
PRODUCTS = Table(
    name="products",
    key="sku",
    fields={
        "sku": Field(value_parsers.of_text(_fitting(Product.sku.field)), Form.CODE),
        "name": Field(value_parsers.of_text(_fitting(Product.name.field))),
        "brand": Field(value_parsers.of_text(value_parsers.fitting(Product.brand.field)), empty=""),
        "category": Field(category, Form.PATH, empty=""),
        "categories": Field(categories, Form.PATHS, empty=""),
        "price": _price,
        "sale_price": Field(value_parsers.of_text(value_parsers.price), Form.MONEY, empty=None),
        "sale_from": Field(value_parsers.of_text(value_parsers.iso_date), Form.DATE, empty=None),
        "sale_until": Field(value_parsers.of_text(value_parsers.iso_date), Form.DATE, empty=None),
        "sale_dates": Field(value_parsers.of_text(sale_dates), empty=None),
        "list_price": Field(value_parsers.of_text(value_parsers.price), Form.MONEY, empty=None),
        "description": Field(value_parsers.of_text(value_parsers.text), Form.TEXT, empty=""),
        "gtins": Field(gtins, Form.CODES, parse_below=gtins, empty=[], combine=each_once, is_dispensable=True),
        "images": Field(images, empty=[], combine=each_once),
        "released": Field(value_parsers.of_text(value_parsers.iso_date), Form.DATE, empty=None, is_dispensable=True),
        "active": Field(active, combine=operator.and_),  # hidden if one column says so
    },
    aliases={"gtin": "gtins", "image": "images"},
    save=upsert_products,
    required=("name", "price"),
    incomplete=UNKNOWN,
    has=lambda sku: Product.objects.filter(sku=sku).exists(),
    complete=complete,
    known_attributes=known_attributes,
    ensure_attributes=ensure_attributes,
)
