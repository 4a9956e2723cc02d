"""The terms of products in PostgreSQL, for the fallback: the same as the engine's, but written without the engine.

A trigger queues a product in `StaleTerms` when its texts may have changed, which stock cannot do. Sync takes the
queue before it asks whether OpenSearch answers, so a product that is saved during an outage is found within seconds.
"""

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection, transaction

from foundation.advisory_locks import try_lock
from foundation.transactions import write_all_but_refused
from indexing import attributes
from indexing.documents import codes_of
from indexing.models import ProductTerms, StaleTerms
from language.codes import normalise_code, spaced_codes
from language.languages import current
from language.terms import analyse, forms, joined_pairs, shared_stems, stems, words
from products.models import PATH_SEPARATOR, Product

logger = logging.getLogger(__name__)

LOCK = 0x7E27  # advisory lock of this database: one writer at a time, so that no older state replaces a newer one
STEP = 500  # products in one transaction: about 0.3 s
# Marks of terms that are not stems: no word begins with one. The unstemmed words are those of the name.
SKU, CODE, PAIR, WRITTEN = "=", "#", "+", "~"
MAX_TERM_LENGTH = 50  # characters; those of a query are cut too
MAX_TERMS = 10_000  # of a text
MAX_SIZE = 1_000_000  # bytes of a vector as text, which takes more than it does stored; PostgreSQL stores up to 2^20
# SQLSTATEs about one row: what PostgreSQL cannot store or read, unlike a lost connection or a deadlock.
_OF_A_ROW = ("22", "54", "42601")
_READ = ("sku", "name", "brand", "description", "attributes", "gtins", "category__path")
_LAST_POSITION = 16_383  # that a tsvector has; later terms all get it
_STORE = """
    INSERT INTO indexing_productterms AS stored (product_id, vector, name_words, name_length)
    SELECT product_id, vector::tsvector, name_words, name_length
    FROM unnest(%(ids)s::bigint[], %(vectors)s::text[], %(names)s::text[], %(lengths)s::smallint[])
         AS new(product_id, vector, name_words, name_length)
    ON CONFLICT (product_id) DO UPDATE
    SET vector = excluded.vector, name_words = excluded.name_words, name_length = excluded.name_length
    WHERE ROW(stored.vector, stored.name_words, stored.name_length)
          <> ROW(excluded.vector, excluded.name_words, excluded.name_length)
"""
_QUEUE = """
    INSERT INTO indexing_staleterms (product_id)
    SELECT id FROM products_product WHERE %(every)s
       OR NOT EXISTS (SELECT FROM indexing_productterms WHERE product_id = products_product.id)
    ORDER BY id
"""


def write_next() -> int:
    """Write the terms of the next queued products; returns how many. Another process's work is left to it."""
    if not StaleTerms.objects.exists():
        return 0
    with try_lock(LOCK) as acquired:
        if not acquired:
            return 0
        with transaction.atomic(durable=True):
            queued = dict(StaleTerms.objects.order_by("pk").values_list("pk", "product_id")[:STEP])
            write(set(queued.values()))
            StaleTerms.objects.filter(pk__in=queued).delete()
    return len(queued)


def write(product_ids: Collection[int]) -> None:
    """Store the terms that these products have now, hidden ones too, and delete those of deleted ones."""
    # Only what terms are made of: another column with a value that Python cannot read must not stop this.
    products = Product.objects.filter(pk__in=product_ids).select_related("category").only(*_READ).order_by("pk")
    known = attributes.described(products)
    rows = []
    for product in products:
        try:
            rows.append(_row(product, known))
        except Exception:  # it must not keep the others from being found
            logger.exception("the terms of product %s could not be made", product.pk)
    refused = dict(write_all_but_refused(rows, _store, _OF_A_ROW))
    for row, error in refused.items():
        logger.error("the terms of product %s could not be stored", row.product_id, exc_info=error)
    stored = {row.product_id for row in rows if row not in refused}
    ProductTerms.objects.filter(pk__in=set(product_ids) - stored).delete()


class _Row(NamedTuple):
    product_id: int
    vector: str
    name_words: str
    name_length: int


def _row(product: Product, known: attributes.Known) -> _Row:
    name = words(product.name)
    stop_words = current().stop_words
    return _Row(product.pk, _vector(product, known), " ".join(name), sum(word not in stop_words for word in name))


def _store(rows: Sequence[_Row]) -> None:
    ids, vectors, names, lengths = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_STORE, {"ids": ids, "vectors": vectors, "names": names, "lengths": lengths})


def queue(*, every: bool = False) -> int:
    """Queue the products without terms, or every product because terms are made in another way now."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, {"every": every})
        queued: int = cursor.rowcount
    return queued


def quoted(term: str, *, mark: str = "") -> str:
    """A term as text that PostgreSQL casts to tsvector or tsquery."""
    text = term[:MAX_TERM_LENGTH].replace("\\", "\\\\").replace("'", "''")
    return f"'{mark}{text}'"


def _vector(product: Product, known: attributes.Known) -> str:
    name, written = forms(product.name)
    path = product.category.path.replace(PATH_SEPARATOR, " ") if product.category else ""
    values = attributes.of_product(product.attributes, known)
    placed = (
        ("A", name),
        ("B", shared_stems(product.brand)),
        ("C", shared_stems(path)),
        ("D", stems(product.description)),
        ("D", values.stems),
    )
    sku_code = normalise_code(product.sku)
    marked = {
        *(quoted(sku_code, mark=SKU) for _ in [sku_code] if sku_code),
        *(quoted(code, mark=CODE) for code in codes_of(product)),
        *(quoted(pair, mark=PAIR) for _, _, pair in joined_pairs(analyse(product.name))),
        *(quoted(code, mark=PAIR) for code in (*spaced_codes(product.name), *values.codes)),
        *(quoted(word, mark=WRITTEN) for word in (*written, *words(product.name))),
    }
    return " ".join(_that_fit([*marked, *_with_positions(placed)]))


def _with_positions(placed: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Terms with their weight and place. Between two texts a place is left empty, so that no phrase spans them."""
    place = 0
    for weight, terms in placed:
        for term in terms[:MAX_TERMS]:
            place += 1
            yield f"{quoted(term)}:{min(place, _LAST_POSITION)}{weight}"
        place += 1


def _that_fit(terms: Iterable[str]) -> Iterator[str]:
    """The first terms: of a product with more text than PostgreSQL can store, the last attributes are left out."""
    size = 0
    for term in terms:
        size += len(term.encode()) + 1
        if size > MAX_SIZE:
            break
        yield term
