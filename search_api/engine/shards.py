"""What a search of several shards needs, so that it answers as one shard would."""

from typing import Any

from django.conf import settings

# Values of a facet that each shard counts. Up to so many, all counts are exact.
COUNTED = 10_000
# Scores by the frequencies of words in the whole index, not in the document's shard.
COMPARABLE = {"search_type": "dfs_query_then_fetch"}


def parameters() -> dict[str, str]:
    """For the URL of a search, or for its line in a multi search."""
    return COMPARABLE if settings.SEARCH_SHARDS > 1 else {}


def exact(body: dict[str, Any]) -> dict[str, Any]:
    """The body, whose counts are those of all shards."""
    if settings.SEARCH_SHARDS == 1 or "aggs" not in body:
        return body
    return body | {"aggs": {name: _exact(aggregation) for name, aggregation in body["aggs"].items()}}


def _exact(aggregation: dict[str, Any]) -> dict[str, Any]:
    changed = dict(aggregation)
    if "terms" in changed:
        changed["terms"] = {**changed["terms"], "shard_size": max(COUNTED, changed["terms"].get("size", 0))}
    if "aggs" in changed:
        changed["aggs"] = {name: _exact(below) for name, below in changed["aggs"].items()}
    return changed
