"""The vectors of products: made behind the lexical index, stored by text, and written with the whole document.

A document whose text has no vector yet is written without one, and its product noted in `MissingVector`. A task encodes
the texts of noted products and deletes the notes, and a trigger makes their products due for sync. A change of price or
stock and a rebuild find the vector by the digest of the text, and encode nothing.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic

import orjson
from django.conf import settings
from django.db import connection, transaction
from opensearchpy import AuthorizationException

from foundation.advisory_locks import try_lock
from indexing.client import sync_client
from indexing.models import MissingVector, PhysicalIndex, SyncState
from language.sentence_vectors import DIMENSIONS, SentenceModel, model_version, sentence_model
from products.models import PATH_SEPARATOR, Product

logger = logging.getLogger(__name__)

PLUGIN = "opensearch-knn"
FIELD = "vector"
# Engine `lucene` only: the others load native code, which ends the process of a node that lacks it.
MAPPING = {
    "type": "knn_vector",
    "dimension": DIMENSIONS,
    "data_type": "byte",
    "space_type": "cosinesimil",
    "method": {"name": "hnsw", "engine": "lucene", "parameters": {"m": 16, "ef_construction": 100}},
}
STEP = 50  # products encoded and committed at once: 0.1 s
LONGEST_RUN = 8.0  # s; of a task that is queued every 10 s, so that a core has time for other tasks
LOCK = 0x1DE7  # advisory lock of this database: one process at a time encodes
# Searches use vectors once every document has one, and until so many lack theirs again, as after a large import.
FEW, SHARE = 10, 100

_TEXTS = """
    SELECT product.id, product.name, product.brand, category.path, vector.vector
    FROM products_product AS product
    LEFT JOIN products_category AS category ON category.id = product.category_id
    LEFT JOIN indexing_textvector AS vector
        ON vector.text = indexing_text_digest(product.name, product.brand, category.path) AND vector.model = %(model)s
    WHERE product.id = ANY(%(ids)s) AND product.active
"""
_STORE = """
    INSERT INTO indexing_textvector (text, model, vector)
    SELECT indexing_text_digest(name, brand, path), %(model)s, vector
    FROM unnest(%(names)s::text[], %(brands)s::text[], %(paths)s::text[], %(vectors)s::bytea[])
         AS made(name, brand, path, vector)
    ON CONFLICT DO NOTHING
"""
_FORGET = """
    DELETE FROM indexing_textvector AS vector WHERE model <> ALL(%(models)s) OR NOT EXISTS (
        SELECT FROM products_product AS product LEFT JOIN products_category AS category
            ON category.id = product.category_id
        WHERE indexing_text_digest(product.name, product.brand, category.path) = vector.text
    )
"""


@dataclass(frozen=True, slots=True)
class Text:
    product_id: int
    name: str
    brand: str
    path: str | None
    vector: bytes | None  # None: not encoded yet

    def __str__(self) -> str:
        """What is encoded: what the product is, without its price, stock or description."""
        return " ".join(
            part for part in (self.name, self.brand, (self.path or "").replace(PATH_SEPARATOR, " ")) if part
        )


def current_model() -> str:
    """The version of the model whose vectors this process reads and makes; '' when it has none."""
    return model_version(settings.SEMANTIC_MODEL_PATH)


def model() -> SentenceModel:
    """The loaded model; only when `current_model` names one."""
    return sentence_model(settings.SEMANTIC_MODEL_PATH)


def model_for_new_index() -> str:
    """The model whose vectors a new index is to hold: '' without a model here, or without the plugin on every node."""
    installed = _plugin_by_node() if current_model() else []
    return current_model() if installed and all(installed) else ""


def plugin_is_gone() -> bool:
    """Whether no node has the plugin, so that OpenSearch cannot open an index with vectors."""
    installed = _plugin_by_node()
    return bool(installed) and not any(installed)


def _plugin_by_node() -> list[bool]:
    """Whether each node has the plugin; empty when this user may not ask."""
    try:
        nodes = sync_client().nodes.info(metric="plugins", params={"filter_path": "nodes.*.name,nodes.*.plugins.name"})
    except AuthorizationException:
        logger.warning("this user may not list OpenSearch's plugins")
        return []
    return [any(each["name"] == PLUGIN for each in node.get("plugins", ())) for node in nodes["nodes"].values()]


def read_texts(product_ids: Collection[int]) -> list[Text]:
    """The texts of the searchable ones of these products, with their vectors by the current model."""
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, {"ids": list(product_ids), "model": current_model()})
        rows = cursor.fetchall()
    return [
        Text(product_id, name, brand, path, None if vector is None else bytes(vector))
        for product_id, name, brand, path, vector in rows
    ]


def as_json(vector: bytes) -> bytes:
    return orjson.dumps(memoryview(vector).cast("b").tolist())


def note_missing(product_ids: Iterable[int]) -> None:
    """Let these products' texts be encoded. Call it before SyncState rows are locked: it waits for the encoder."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO indexing_missingvector (product_id) SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING",
            [sorted(product_ids)],
        )


def encode_missing(longest: float = LONGEST_RUN) -> int:
    """Encode the texts of noted products in steps, for at most `longest` seconds; returns the number of products."""
    if not current_model():
        return 0
    end, encoded = monotonic() + longest, 0
    with try_lock(LOCK) as acquired:
        while acquired and monotonic() < end:
            noted = list(MissingVector.objects.order_by("pk").values_list("pk", flat=True)[:STEP])
            if not noted:
                break
            _encode(noted)
            encoded += len(noted)
    return encoded


def _encode(product_ids: Sequence[int]) -> None:
    missing = {(text.name, text.brand, text.path): text for text in read_texts(product_ids) if text.vector is None}
    vectors = [model().encode(str(text)) for text in missing.values()]
    names, brands, paths = ([key[part] for key in missing] for part in range(3))
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "model": current_model(),
                "names": names,
                "brands": brands,
                "paths": paths,
                "vectors": vectors,
            },
        )
        MissingVector.objects.filter(pk__in=product_ids).delete()


def update_completeness() -> str:
    """Record whether searches may use the vectors of the serving index. Its name, if they may from now on."""
    serving = PhysicalIndex.objects.filter(state=PhysicalIndex.State.SERVING).exclude(vectors="").first()
    if serving is None:
        return ""
    missing = MissingVector.objects.count()
    products = Product.objects.searchable().count()
    if serving.vectors_complete:
        complete = missing <= max(products // SHARE, FEW)
    else:  # made vectors are in the index once their products are no longer pending
        complete = products > 0 and not missing and SyncState.objects.pending().count() <= products // SHARE
    if complete != serving.vectors_complete:
        PhysicalIndex.objects.filter(pk=serving.pk).update(vectors_complete=complete)
        level, change = (logging.INFO, "use") if complete else (logging.WARNING, "no longer use")
        logger.log(level, "searches %s vectors: %d are missing", change, missing)
    return serving.name if complete and not serving.vectors_complete else ""


def usable() -> bool:
    """Whether the serving index has this process's vectors, and nearly every document its own."""
    model_here = current_model()
    serving = PhysicalIndex.objects.filter(state=PhysicalIndex.State.SERVING, vectors_complete=True)
    return bool(model_here) and serving.filter(vectors=model_here).exists()


def forget_unused() -> None:
    """Delete vectors of texts that no product has, and of models that no index has."""
    models = {current_model(), *PhysicalIndex.objects.values_list("vectors", flat=True)} - {""}
    if models:  # a process without the model must not delete what others use
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, {"models": sorted(models)})
