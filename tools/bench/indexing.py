"""Rebuilding the index, and what the triggers that record changes cost the writer."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from opensearchpy import OpenSearch
from opensearchpy.helpers import parallel_bulk

from indexing import indices, reindex
from indexing.documents import build_documents
from products.models import Product
from tools.bench.errors import BenchError
from tools.bench.figures import Better, Measure, Target
from tools.bench.orders import product_ranges, store_with_everything
from tools.bench.pgbench import Pgbench
from tools.bench.rig import Rig
from tools.bench.rounds import interleave, per_second

CHUNK = 500  # documents in one bulk request, on both sides
WORKERS = 2  # processes or threads, on both sides
MOST_ROUNDS = 3
SCRATCH = "bench-parallel-bulk"
CLIENTS = 8
ROUND_SECONDS = 4  # times the effort's seconds: shorter rounds differ by more than the triggers cost
NO_TRIGGERS = {"PGOPTIONS": "-c session_replication_role=replica"}
DEDUCTION = """
\\set product random(:low, :high)
UPDATE stores_inventory SET quantity = quantity - 1 WHERE store_id = :store_id AND product_id = :product;
"""
PRICE = """
\\set product random(:low, :high)
UPDATE products_product SET price = price + 0.01 WHERE id = :product;
"""


def rebuilding(rig: Rig) -> Iterator[Measure]:
    """`reindex` from PostgreSQL, beside `parallel_bulk` of documents that are already built."""
    # Through JSON, so that both sides send the same bytes.
    ids = list(Product.objects.searchable().order_by("pk").values_list("pk", flat=True))
    documents: list[dict[str, Any]] = [
        orjson.loads(orjson.dumps(document, default=str))
        for start in range(0, len(ids), CHUNK)
        for document in build_documents(ids[start : start + CHUNK])
    ]
    engine = OpenSearch([rig.opensearch])
    plan = reindex.Plan(workers=WORKERS, may_fork=True)
    rounds = interleave(
        min(rig.effort.rounds, MOST_ROUNDS),
        {
            "reindex": lambda: per_second(len(documents), lambda: reindex.reindex(plan)),
            "parallel_bulk": lambda: per_second(len(documents), lambda: _parallel_bulk(engine, documents)),
        },
    )
    yield Measure(
        f"reindex / parallel_bulk of ready documents, {len(documents):,}",
        "documents/s",
        ours=rounds["reindex"]["per_second"],
        limit=rounds["parallel_bulk"]["per_second"],
        limit_name="parallel_bulk of ready documents",
        target=Target(0.5, 0.65, Better.HIGHER),
    )


def triggers(rig: Rig) -> Iterator[Measure]:
    """Writes a second with the triggers that record changes, and without them."""
    ends = {"low": product_ranges()[0][0], "high": product_ranges()[-1][1], "store_id": store_with_everything().pk}
    seconds = ROUND_SECONDS * rig.effort.seconds
    for name, script, target in (
        ("stock deductions that flip nothing", DEDUCTION, Target(0.94, better=Better.HIGHER)),
        ("price updates", PRICE, None),
    ):
        rounds = interleave(
            rig.effort.rounds,
            {
                "with": Pgbench(rig.database, script, CLIENTS, seconds, ends).run_figures,
                "without": Pgbench(rig.database, script, CLIENTS, seconds, ends, NO_TRIGGERS).run_figures,
            },
        )
        yield Measure(
            f"triggers: {name}, with / without",
            "writes/s",
            ours=rounds["with"]["per_second"],
            limit=rounds["without"]["per_second"],
            limit_name="no triggers",
            target=target,
        )


def _parallel_bulk(engine: OpenSearch, documents: Sequence[dict[str, Any]]) -> None:
    """Index them with the mapping and settings of a `reindex`, and refresh at the end."""
    engine.indices.delete(index=SCRATCH, ignore=[404])
    made = indices.body()
    made["settings"]["index"] |= indices.LOADING
    engine.indices.create(index=SCRATCH, body=made)
    actions = ({"_index": SCRATCH, "_id": document["id"], "_source": document} for document in documents)
    for success, item in parallel_bulk(engine, actions, thread_count=WORKERS, chunk_size=CHUNK):
        if not success:
            raise BenchError(f"parallel_bulk failed on {item}")
    engine.indices.refresh(index=SCRATCH)
    engine.indices.delete(index=SCRATCH)
