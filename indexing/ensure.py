"""Putting right what is missing in OpenSearch: after a lost volume, a deleted alias, a rebuild that died half-way."""

import logging
from math import ceil

from indexing import indices, reindex
from indexing.errors import ReindexRefusedError
from indexing.models import PhysicalIndex
from indexing.names import index_alias, write_alias
from indexing.reindex import Plan, serving_index
from products.models import Product

logger = logging.getLogger(__name__)

# Of all products. An index that lacks a few is better than none; when many are refused, the fault is in its mapping,
# and PostgreSQL answers searches better.
MAY_LACK = 0.1


def ensure_index() -> None:
    """See to it that searches find an index, the one that the registry says; rebuild when there is none.

    While there is none, searches are answered from PostgreSQL. Raises EngineUnavailableError.
    """
    serving = serving_index()
    if serving and _is_sound(serving):
        return
    try:
        with reindex.only_one():
            mended = _mend()
        if not mended:
            _rebuild()
    except ReindexRefusedError as error:
        logger.warning("the index cannot be mended now: %s", error)


def _is_sound(serving: PhysicalIndex) -> bool:
    return indices.holding(index_alias()) == {serving.name} and indices.holding(write_alias(serving.name)) == {
        serving.name
    }


def _rebuild() -> None:
    allowed = ceil(Product.objects.searchable().count() * MAY_LACK)
    report = reindex.reindex(Plan(resume=True, allow_refused=allowed))
    logger.warning("the index was rebuilt: %s with %s products", report.index, report.documents)
    if report.left_out:
        logger.error("%s serves although %s", report.index, "; ".join(report.left_out))


def _mend() -> bool:
    """Make the alias and the registry agree; false when there is nothing that could serve."""
    pointed_at = indices.holding(index_alias())
    # A rebuild died between the alias and the registry: all was compared by then, so that it may serve.
    swapped = PhysicalIndex.objects.filter(state=PhysicalIndex.State.BUILDING, name__in=pointed_at).first()
    target = swapped or serving_index()
    if target is None:
        return False
    if not indices.exists(target.name):
        logger.error("the serving index %s is not in OpenSearch: it is made again from PostgreSQL", target.name)
        target.delete()
        return False
    logger.warning("searches are pointed at %s again", target.name)
    reindex.serve(target)
    return True
