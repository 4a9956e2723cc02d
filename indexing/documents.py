"""The mapping of the product index, and how documents are built from PostgreSQL."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import TextField
from django.db.models.functions import Cast
from django_opensearch_dsl import Document, fields

from indexing import attributes
from language.accessories import accessory_nouns
from language.codes import codes_in, normalise_code
from products import gtin
from products.attribute_values import value_key
from products.models import PATH_SEPARATOR, Product
from products.paths import levels
from products.price_cells import cell
from stores.models import Inventory

MOST_BAND = 7  # the highest popularity band: 4,096 units sold or more


def _text(analyzer: str = "words", **options: Any) -> fields.TextField:
    return fields.TextField(analyzer=analyzer, **options)


def _word_starts() -> dict[str, Any]:
    """A sub-field that matches the starts of its words."""
    return {"word_starts": _text("word_starts", search_analyzer="word_starts_query", norms=False)}


class ProductDocument(Document):  # type: ignore[misc] # published without types
    """Mapping only. `build_documents` builds the data; sync and reindex write it."""

    id = fields.LongField()
    sku = fields.KeywordField()
    # The normalised SKU; `codes` also has the codes in the name.
    sku_code = fields.KeywordField()
    codes = fields.KeywordField()
    name = _text(
        copy_to=["written", "spelling"],
        fields={
            "joined": _text("joined_pairs", search_analyzer="words"),
            **_word_starts(),
            "starts": _text("name_starts", search_analyzer="name_starts_query", norms=False),
            "shown": fields.KeywordField(index=False),  # completions read this doc value and nothing else
        },
    )
    sort_key = fields.KeywordField(index=False)
    # The kind of accessory; missing for a product that is none.
    accessory = _text(norms=False, index_options="docs")
    brand = _text(copy_to=["written", "spelling"], fields=_word_starts())
    brand_name = fields.KeywordField()
    brand_key = fields.KeywordField()  # the same for any case and white space, for filters and the facet
    # The names of the levels as text; the paths of all levels, and their keys for filters and the facet.
    category = _text(copy_to="spelling", fields=_word_starts())
    category_paths = fields.KeywordField()
    category_keys = fields.KeywordField(eager_global_ordinals=True)
    description = _text(copy_to=["written", "spelling"])
    attributes = _text()
    # 'code=key' of every value: to filter by, to count, and as it is written (`attributes.py`).
    attribute_terms = fields.KeywordField(doc_values=False)
    attribute_facets = fields.KeywordField(index=False)
    attribute_spellings = fields.KeywordField(index=False)
    # The unstemmed words of name, brand and description; `spelling` has the category's too, for corrections.
    written = _text("spelling", norms=False, index_options="docs")
    spelling = _text("spelling", norms=False, index_options="docs")
    # Money of twelve digits fits a double. The embedded engine lacks the module with scaled_float.
    price = fields.DoubleField()
    price_cell = fields.KeywordField()  # the first two digits: ranges with round bounds are made of these
    list_price = fields.DoubleField(index=False)
    on_sale = fields.BooleanField()
    gtins = fields.KeywordField()
    image = fields.ObjectField(enabled=False)  # the first one: {url, alt}
    in_stock = fields.BooleanField()
    available_store_ids = fields.KeywordField(eager_global_ordinals=True)
    popularity = fields.IntegerField()
    # Popularity as a term, so that the engine can skip products that cannot be in the first hits.
    popularity_band = fields.KeywordField()
    created = fields.DateField()

    class Index:
        name = "products"

    class Django:
        model = Product


def mapping() -> dict[str, Any]:
    found: dict[str, Any] = ProductDocument._doc_type.mapping.to_dict()  # noqa: SLF001 - the DSL has no public way
    return {**found, "dynamic": "strict"}


def build_documents(ids: Iterable[int]) -> list[dict[str, Any]]:
    """The documents of the searchable ones of these products, in id order. Three queries for any number."""
    products = Product.objects.searchable().filter(pk__in=list(ids)).select_related("category").order_by("pk")
    # As text, because the document holds text: half the cost of a list of numbers.
    store_ids = StringAgg(Cast("store_id", TextField()), delimiter=",", order_by="store_id")
    available = Inventory.objects.filter(product_id__in=[product.pk for product in products], quantity__gt=0)
    stores = dict(available.values("product_id").annotate(ids=store_ids).values_list("product_id", "ids"))
    known = attributes.described(products)
    return [
        _document(product, stores[product.pk].split(",") if product.pk in stores else [], known) for product in products
    ]


def _document(product: Product, store_ids: list[str], known: Mapping[str, attributes.Described]) -> dict[str, Any]:
    path = product.category.path if product.category else ""
    sku_code = normalise_code(product.sku)
    return {
        "id": product.pk,
        "sku": product.sku,
        "sku_code": sku_code,
        "codes": sorted(codes_in(product.name) | ({sku_code} if sku_code else set()) | _gtin_codes(product)),
        "name": _composed(product.name),
        "sort_key": product.sort_key,
        "accessory": accessory_nouns(product.name, product.brand),
        "brand": _composed(product.brand),
        "brand_name": product.brand or None,
        "brand_key": value_key(product.brand) or None,
        "category": path.replace(PATH_SEPARATOR, " ; "),
        "category_paths": list(levels(path)),
        "category_keys": [value_key(level) for level in levels(path)],
        "description": _composed(product.description),
        "attributes": attributes.searchable_texts(product.attributes, known),
        **attributes.facet_fields(product.attributes, known),
        "price": str(product.price),
        "price_cell": cell(product.price),
        "list_price": None if product.list_price is None else str(product.list_price),
        "on_sale": product.list_price is not None and product.list_price > product.price,
        "gtins": product.gtins,
        "image": product.images[0] if product.images else None,
        "in_stock": bool(store_ids),
        "available_store_ids": store_ids,
        "popularity": product.popularity,
        "popularity_band": popularity_band(product.popularity),
        "created": product.created_at.isoformat(),
    }


def _gtin_codes(product: Product) -> set[str]:
    """What may be typed or scanned for its GTINs, so that queries need no rule for zeros."""
    return {form for code in product.gtins for form in gtin.written_forms(code)}


def popularity_band(units: int) -> int:
    """0 for no sales, then one more whenever sales quadruple, up to `MOST_BAND`."""
    return min((units.bit_length() + 1) // 2, MOST_BAND)


def _composed(text: str) -> str:
    """NFC: the analyser folds an accented letter only when it is one character."""
    return unicodedata.normalize("NFC", text)
