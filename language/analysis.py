"""Index settings, with all analysers.

Synonyms are no filter of an analyser: the query builder expands them from PostgreSQL, so that an
edit needs neither a new index nor a closed one (`docs/search.md`).
"""

from typing import Any

MAX_GRAM = 20  # characters of a word that a completion can match; longer typed words are cut to it
MAX_START = 60  # characters of a name that a prefix of it can match; longer typed text is cut to it

FILTERS: dict[str, Any] = {
    "word_starts": {"type": "edge_ngram", "min_gram": 1, "max_gram": MAX_GRAM},
    "cut_to_gram": {"type": "truncate", "length": MAX_GRAM},
    "name_starts": {"type": "edge_ngram", "min_gram": 1, "max_gram": MAX_START},
    "cut_to_start": {"type": "truncate", "length": MAX_START},
}


def _analyzer(tokenizer: str, *filters: str) -> dict[str, Any]:
    return {"type": "custom", "tokenizer": tokenizer, "filter": list(filters)}


# `terms.py` has made the terms: the engine only splits them at the spaces.
ANALYZERS: dict[str, Any] = {
    "terms": _analyzer("whitespace"),
    "word_starts": _analyzer("whitespace", "word_starts"),
    "word_starts_query": _analyzer("whitespace", "cut_to_gram"),
    "name_starts": _analyzer("keyword", "name_starts"),
    "name_starts_query": _analyzer("keyword", "cut_to_start"),
}


def index_settings(*, shards: int = 1, replicas: int, refresh_interval: str) -> dict[str, Any]:
    """Settings of a new product index. One shard holds millions of products."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        # Set explicitly, because by default an index without searches for 30 s stops refreshing.
        "refresh_interval": refresh_interval,
        # With it a refresh waits until small segments are merged, up to 10 s when a large merge is
        # running.
        "merge_on_flush.enabled": False,
        # By default every segment below 16 MB counts as one of 16 MB, and 30 are merged at once. A small
        # index is then rewritten every few seconds while changes go on (docs/decisions/sync.md).
        "merge.policy": {"floor_segment": "2mb", "max_merge_at_once": 10},
        # Concurrent searches use all cores anyway; dividing each of them costs more processor time
        # (docs/search.md).
        "search.concurrent_segment_search.mode": "none",
        # The codes of all attributes whose facets are asked for at once are one expression; 1,000 by default.
        "max_regex_length": 20_000,
        "analysis": {
            "filter": FILTERS,
            "analyzer": ANALYZERS,
        },
    }
