"""What a product looks like in the index, and how such documents are built from PostgreSQL."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import TextField
from django.db.models.functions import Cast
from django_opensearch_dsl import Document, fields

from language.accessories import accessory_nouns
from language.codes import codes_in, normalise_code
from products.models import PATH_SEPARATOR, Product
from products.paths import levels
from stores.models import Inventory

MOST_BAND = 7  # of popularity: 4,096 units or more


def _text(analyzer: str = "words", **options: Any) -> fields.TextField:
    return fields.TextField(analyzer=analyzer, **options)


def _filtered_in_any_case() -> dict[str, Any]:
    return {"any_case": fields.KeywordField(normalizer="lowercase", doc_values=False)}


class ProductDocument(Document):  # type: ignore[misc] # published without types
    """Mapping only: the data comes from `build_documents`, writes from sync and reindex."""

    id = fields.LongField()
    sku = fields.KeywordField()
    # The normalised SKU, and with it the codes that the name mentions.
    sku_code = fields.KeywordField()
    codes = fields.KeywordField()
    name = _text(
        copy_to=["written", "spelling"],
        fields={
            "joined": _text("joined_pairs", search_analyzer="words"),
            "word_starts": _text("word_starts", search_analyzer="word_starts_query", norms=False),
            "starts": _text("name_starts", search_analyzer="name_starts_query", norms=False),
            "sort": fields.KeywordField(normalizer="folded"),
            "shown": fields.KeywordField(index=False),  # by its values alone: completions read nothing else
        },
    )
    # What kind of accessory this is; absent for a thing in its own right.
    accessory = _text(norms=False, index_options="docs")
    brand = _text(
        copy_to=["written", "spelling"],
        fields={"word_starts": _text("word_starts", search_analyzer="word_starts_query", norms=False)},
    )
    brand_name = fields.KeywordField(fields=_filtered_in_any_case())
    # The names of the levels as text, and the path of every level for filters and the facet.
    category = _text(
        copy_to="spelling",
        fields={"word_starts": _text("word_starts", search_analyzer="word_starts_query", norms=False)},
    )
    category_paths = fields.KeywordField(eager_global_ordinals=True, fields=_filtered_in_any_case())
    description = _text(copy_to=["written", "spelling"])
    attributes = _text()
    # Every word of name, brand and description as it is written; and with the category's what corrections come from.
    written = _text("spelling", norms=False, index_options="docs")
    spelling = _text("spelling", norms=False, index_options="docs")
    # Twelve digits of money fit a double; scaled_float is in a module that the embedded engine does not have.
    price = fields.DoubleField()
    in_stock = fields.BooleanField()
    available_store_ids = fields.KeywordField(eager_global_ordinals=True)
    popularity = fields.IntegerField()
    # The same as one term: the engine can leave out whatever cannot come first, however many names start alike.
    popularity_band = fields.KeywordField()
    created = fields.DateField()

    class Index:
        name = "products"

    class Django:
        model = Product

    class Meta:
        dynamic = "strict"


def index_alias() -> str:
    """The name that searches use; it points at whatever physical index serves."""
    return f"{settings.INDEX_PREFIX}products"


def mapping() -> dict[str, Any]:
    """The explicit mapping of a product index, `dynamic: strict`."""
    found: dict[str, Any] = ProductDocument._doc_type.mapping.to_dict()  # noqa: SLF001 - the DSL has no public way
    return {**found, "dynamic": "strict"}


def build_documents(ids: Iterable[int]) -> list[dict[str, Any]]:
    """The documents of those of the products that are searchable, in id order; two queries however many there are."""
    products = Product.objects.searchable().filter(pk__in=list(ids)).select_related("category").order_by("pk")
    stores = _available_stores([product.pk for product in products])
    return [_document(product, stores.get(product.pk, [])) for product in products]


def _available_stores(product_ids: list[int]) -> dict[int, list[str]]:
    """As text, which is what the document holds: it costs half of what a list of numbers would."""
    rows = Inventory.objects.filter(product_id__in=product_ids, quantity__gt=0)
    ids = StringAgg(Cast("store_id", TextField()), delimiter=",", order_by="store_id")
    return {
        product_id: found.split(",")
        for product_id, found in rows.values("product_id").annotate(ids=ids).values_list("product_id", "ids")
    }


def _document(product: Product, store_ids: list[str]) -> dict[str, Any]:
    path = product.category.path if product.category else ""
    sku_code = normalise_code(product.sku)
    return {
        "id": product.pk,
        "sku": product.sku,
        "sku_code": sku_code,
        "codes": sorted(codes_in(product.name) | ({sku_code} if sku_code else set())),
        "name": _composed(product.name),
        "accessory": accessory_nouns(product.name, product.brand),
        "brand": _composed(product.brand),
        "brand_name": product.brand or None,
        "category": path.replace(PATH_SEPARATOR, " ; "),
        "category_paths": list(levels(path)),
        "description": _composed(product.description),
        "attributes": [str(value) for value in product.attributes.values() if value],
        "price": str(product.price),
        "in_stock": bool(store_ids),
        "available_store_ids": store_ids,
        "popularity": product.popularity,
        "popularity_band": popularity_band(product.popularity),
        "created": product.created_at.isoformat(),
    }


def popularity_band(units: int) -> int:
    """0 for what did not sell, then one more for each time that it sold four times as much, up to `MOST_BAND`."""
    return min((units.bit_length() + 1) // 2, MOST_BAND)


def _composed(text: str) -> str:
    """Accents as one character with their letter, which is how the analyser's folding knows them."""
    return unicodedata.normalize("NFC", text)
