"""Makes OpenSearch agree with the registry again: after a lost volume, a deleted alias, or a rebuild that died."""

import logging
from math import ceil

from indexing import indices, reindex, vectors
from indexing.errors import ReindexRefusedError
from indexing.models import PhysicalIndex
from indexing.names import index_alias, write_alias
from indexing.reindex import Plan, serving_index
from products.models import Product

logger = logging.getLogger(__name__)

# Share of the products. An index without a few products is better than none. When OpenSearch refuses many, the
# mapping is wrong, and searches are better answered from PostgreSQL.
MAX_MISSING = 0.1


def ensure_index() -> None:
    """Make sure that the alias points at the index that the registry names; rebuild when there is none.

    Until then searches are answered from PostgreSQL. Raises EngineUnavailableError.
    """
    serving = serving_index()
    if serving:
        aliases = index_alias(), write_alias(serving.name)
        if all(indices.alias_targets(alias) == {serving.name} for alias in aliases) and not _is_closed(serving):
            return
    try:
        with reindex.rebuild_lock():
            repaired = _repair_alias()
        if repaired:
            return
        allowed = ceil(Product.objects.searchable().count() * MAX_MISSING)
        report = reindex.reindex(Plan(resume=True, allow_refused=allowed))
    except ReindexRefusedError as error:
        logger.warning("the index cannot be repaired now: %s", error)
        return
    logger.warning("the index was rebuilt: %s with %s products", report.index, report.documents)
    if report.left_out:
        logger.error("%s serves although %s", report.index, "; ".join(report.left_out))


def _is_closed(index: PhysicalIndex) -> bool:
    return index.vectors != "" and vectors.plugin_is_gone()


def _repair_alias() -> bool:
    """Make the alias and the registry agree; False when there is no index that could serve."""
    # A rebuild can die after it swapped the alias and before it updated the registry. Its index was compared by
    # then, so it may serve.
    swapped = PhysicalIndex.objects.filter(
        state=PhysicalIndex.State.BUILDING, name__in=indices.alias_targets(index_alias())
    ).first()
    target = swapped or serving_index()
    if target is None:
        return False
    if not indices.exists(target.name):
        logger.error("the serving index %s is not in OpenSearch: it is rebuilt from PostgreSQL", target.name)
        target.delete()
        return False
    if _is_closed(target):
        logger.error("OpenSearch cannot open %s without the k-NN plugin: it is rebuilt without vectors", target.name)
        for unusable in PhysicalIndex.objects.exclude(vectors=""):
            indices.delete(unusable.name)
            unusable.delete()
        return False
    logger.warning("the alias is pointed at %s again", target.name)
    reindex.serve(target)
    return True
