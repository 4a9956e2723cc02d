"""What a search of several shards or copies of them needs, so that it answers as one shard would."""

import zlib
from typing import Any

from django.conf import settings

# Values of a facet that each shard counts. Up to so many, all counts are exact.
COUNTED = 10_000
# Parameters of a search that are part of the bodies built here; the engine reads them elsewhere.
PREFERENCE, SEARCH_TYPE = "preference", "search_type"

Json = dict[str, Any]


def same_copies(text: str) -> dict[str, str]:
    """For a body: the same copies of the shards answer it whenever the text is the same.

    Copies score differently, because each counts the words of deleted documents until it merges them away, and
    their approximate neighbours differ. If another copy answered for the next page, products would be on both pages
    or on neither. Different texts share the load.
    """
    return {PREFERENCE: f"{zlib.crc32(text.encode()):x}"}


def scored_by_words(text: str) -> dict[str, str]:
    """For a body that is scored by the frequencies of words: those of the whole index, not of the document's shard.

    Only for such a body: it costs one more round trip between nodes, and its counts are not cached.
    """
    of_all_shards = {SEARCH_TYPE: "dfs_query_then_fetch"} if settings.SEARCH_SHARDS > 1 else {}
    return same_copies(text) | of_all_shards


def split(body: Json) -> tuple[dict[str, str], Json]:
    """The parameters, for the URL of a search or for its line in a multi search, and the body with exact counts."""
    parameters = {name: body[name] for name in (PREFERENCE, SEARCH_TYPE) if name in body}
    if parameters:
        body = {name: value for name, value in body.items() if name not in parameters}
    if settings.SEARCH_SHARDS > 1 and "aggs" in body:
        body = body | {"aggs": {name: _exact(aggregation) for name, aggregation in body["aggs"].items()}}
    return parameters, body


def _exact(aggregation: Json) -> Json:
    changed = dict(aggregation)
    if "terms" in changed:
        changed["terms"] = {**changed["terms"], "shard_size": max(COUNTED, changed["terms"].get("size", 0))}
    if "aggs" in changed:
        changed["aggs"] = {name: _exact(below) for name, below in changed["aggs"].items()}
    return changed
