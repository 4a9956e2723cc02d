"""The mapping of the product index, and how documents are built from PostgreSQL."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import TextField
from django.db.models.functions import Cast
from django_opensearch_dsl import Document, fields
from opensearchpy import Binary

from foundation.any_of import AnyOf
from indexing import attributes, shown_fields
from indexing.shown_fields import Shown
from language.codes import codes_in, normalise_code, spaced_codes
from language.kind import category_heads, head
from language.languages import current
from language.terms import analyse, forms, joined_pairs, shared_forms, shared_words, words
from products import gtin
from products.attribute_values import value_key
from products.models import PATH_SEPARATOR, Product
from products.paths import levels, own_name
from products.price_cells import cell
from stores.models import Inventory

# Texts take most of the time of building a document, and a change of stock leaves them as they are. Those of the
# products that change most often are cached: about 30 MB in a process that syncs.
CACHED_TEXTS = 8_192
LONGEST_CACHED = 5_000  # characters of a description

MOST_BAND = 7  # the highest popularity band: 4,096 units sold or more


def _terms(**options: Any) -> fields.TextField:
    """Terms that `language.terms` has made, separated by spaces."""
    return fields.TextField(analyzer="terms", **options)


def _filter_terms() -> fields.TextField:
    return _terms(norms=False, index_options="docs")


def _word_starts() -> fields.TextField:
    """Folded words, found by their first letters."""
    return fields.TextField(analyzer="word_starts", search_analyzer="word_starts_query", norms=False)


class ProductDocument(Document):  # type: ignore[misc] # published without types
    """Mapping only. `build_documents` builds the data; sync and reindex write it."""

    id = fields.LongField()
    sku = fields.KeywordField()
    # The normalised SKU; `codes` also has the codes in the name.
    sku_code = fields.KeywordField()
    codes = fields.KeywordField()
    # As shown; completions read it as a doc value, and nothing else of the document.
    name = fields.KeywordField(index=False)
    brand = fields.KeywordField(index=False, doc_values=False)
    name_terms = _terms()
    name_words = _word_starts()
    name_start = fields.TextField(analyzer="name_starts", search_analyzer="name_starts_query", norms=False)
    sort_key = fields.KeywordField(index=False)
    whole_name = fields.KeywordField()
    # What may also be written as one word: neighbours in the name, 'smart watch', and codes in it and in attributes.
    pairs = _terms(norms=False)
    # The stems that name the kind of thing: the heads of the name and of the category.
    kind = _filter_terms()
    brand_terms = _terms()
    brand_words = _word_starts()
    brand_name = fields.KeywordField()
    brand_key = fields.KeywordField()  # the same for any case and white space, for filters and the facet
    # The names of the levels as text; the paths of all levels, and their keys for filters and the facet.
    category_terms = _terms()
    category_words = _word_starts()
    category_paths = fields.KeywordField()
    category_keys = fields.KeywordField(eager_global_ordinals=True)
    description_terms = _terms()
    value_terms = _terms()  # of attributes
    # All of the above and the codes; the written forms of name, brand and description; and those of words, which
    # corrections are chosen from.
    terms = _filter_terms()
    written = _filter_terms()
    spelling = _filter_terms()
    # 'code=key' of every value: to filter by, to count, and as it is written (`attributes.py`).
    attribute_terms = fields.KeywordField(doc_values=False)
    attribute_facets = fields.KeywordField(index=False)
    attribute_spellings = fields.KeywordField(index=False)
    # Money of twelve digits fits a double. The embedded engine lacks the module with scaled_float.
    price = fields.DoubleField()
    price_cell = fields.KeywordField()  # the first two digits: ranges with round bounds are made of these
    list_price = fields.DoubleField(index=False)
    on_sale = fields.BooleanField()
    gtins = fields.KeywordField()
    image = fields.ObjectField(enabled=False)  # the first one: {url, alt}
    shown = Binary(doc_values=True)  # `shown_fields.py`
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
    # What is shown, for `explain_search`, for people, and for the release before, which reads no `shown`.
    source = {"includes": ["sku", "name", "brand", "category_paths", "price", "list_price", "image", "in_stock"]}
    return {**found, "dynamic": "strict", "_source": source}


def build_documents(ids: Iterable[int]) -> list[dict[str, Any]]:
    """The documents of the searchable ones of these products, in id order. Three queries for any number."""
    products = Product.objects.searchable().filter(AnyOf("pk", ids)).select_related("category").order_by("pk")
    # As text, because the document holds text: half the cost of a list of numbers.
    store_ids = StringAgg(Cast("store_id", TextField()), delimiter=",", order_by="store_id")
    in_stock = Inventory.objects.filter(AnyOf("product_id", (product.pk for product in products)), quantity__gt=0)
    stores = dict(in_stock.values("product_id").annotate(ids=store_ids).values_list("product_id", "ids"))
    known = attributes.described(products)
    return [
        _document(product, stores[product.pk].split(",") if product.pk in stores else [], known) for product in products
    ]


def _document(product: Product, store_ids: list[str], known: Mapping[str, attributes.Described]) -> dict[str, Any]:
    path = product.category.path if product.category else ""
    of_attributes = attributes.of_product(product.attributes, known)
    price, list_price = str(product.price), None if product.list_price is None else str(product.list_price)
    image = product.images[0] if product.images else None
    shown: Shown = {
        "id": product.pk,
        "sku": product.sku,
        "name": product.name,
        "brand": product.brand,
        "category": path,
        "price": price,
        "list_price": list_price,
        "image": image,
        "in_stock": bool(store_ids),
    }
    return {
        "id": product.pk,
        "sku": product.sku,
        "sku_code": normalise_code(product.sku),
        shown_fields.FIELD: shown_fields.encode(shown),
        **_terms_of(product, path, of_attributes),
        "sort_key": product.sort_key,
        "brand_name": product.brand or None,
        "brand_key": value_key(product.brand) or None,
        "category_paths": list(levels(path)),
        "category_keys": [value_key(level) for level in levels(path)],
        "attribute_terms": of_attributes.terms,
        "attribute_facets": of_attributes.facets,
        "attribute_spellings": of_attributes.spellings,
        "price": price,
        "price_cell": cell(product.price),
        "list_price": list_price,
        "on_sale": product.list_price is not None and product.list_price > product.price,
        "gtins": product.gtins,
        "image": image,
        "in_stock": bool(store_ids),
        "available_store_ids": store_ids,
        "popularity": product.popularity,
        "popularity_band": popularity_band(product.popularity),
        "created": product.created_at.isoformat(),
    }


def codes_of(product: Product) -> list[str]:
    return _codes(product.name, product.sku, tuple(product.gtins))


def _codes(name: str, sku: str, gtins: tuple[str, ...]) -> list[str]:
    """Its SKU, the codes in its name, and what may be typed for its GTINs, so that queries need no rule for zeros."""
    written = {form for code in gtins for form in gtin.written_forms(code)}
    return sorted(codes_in(name) | {normalise_code(sku)} - {""} | written)


class _Texts(NamedTuple):
    """All that the terms of a product are made of."""

    sku: str
    name: str
    brand: str
    path: str
    description: str
    gtins: tuple[str, ...]
    values: tuple[str, ...]  # stems of attributes' values
    codes: tuple[str, ...]  # in them
    language: str


def _terms_of(product: Product, path: str, values: attributes.OfProduct) -> Mapping[str, str | list[str]]:
    described = product.name, product.brand, path, product.description, tuple(product.gtins)
    texts = _Texts(product.sku, *described, tuple(values.stems), tuple(values.codes), current().code)
    return _analysed.__wrapped__(texts) if len(texts.description) > LONGEST_CACHED else _analysed(texts)


@functools.lru_cache(CACHED_TEXTS)
def _analysed(texts: _Texts) -> Mapping[str, str | list[str]]:
    codes = _codes(texts.name, texts.sku, texts.gtins)
    name, written_name = forms(texts.name)
    name_terms, name_words = analyse(texts.name), " ".join(words(texts.name))
    pairs = [pair for _, _, pair in joined_pairs(name_terms)]
    brand, written_brand = shared_forms(texts.brand)
    category, written_category = shared_forms(texts.path.replace(PATH_SEPARATOR, " "))
    description, written_description = forms(texts.description)
    written = {*written_name, *written_brand, *written_description}
    return {
        "codes": codes,
        "name": texts.name,
        "brand": texts.brand,
        "name_terms": " ".join(name),
        "name_words": name_words,
        "name_start": name_words,
        "whole_name": " ".join(name),
        "pairs": " ".join([*pairs, *sorted(spaced_codes(texts.name).difference(pairs)), *texts.codes]),
        "kind": " ".join([head(texts.name, name_terms), *category_heads(own_name(texts.path))]),
        "brand_terms": " ".join(brand),
        "brand_words": " ".join(shared_words(texts.brand)),
        "category_terms": " ".join(category),
        "category_words": " ".join(shared_words(texts.path)),
        "description_terms": " ".join(description),
        "value_terms": " ".join(texts.values),
        "terms": " ".join({*name, *brand, *category, *description, *texts.values, *codes}),
        "written": " ".join(written),
        "spelling": " ".join(word for word in written.union(written_category) if word.isalpha()),
    }


def popularity_band(units: int) -> int:
    """0 for no sales, then one more whenever sales quadruple, up to `MOST_BAND`."""
    return min((units.bit_length() + 1) // 2, MOST_BAND)
