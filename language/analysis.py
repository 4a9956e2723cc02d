"""Index settings, with all analysers.

Synonyms are no filter of an analyser: the query builder expands them from PostgreSQL, so that an
edit needs neither a new index nor a closed one (`docs/search.md`).
"""

from typing import Any

from language.measures import INCHES_PATTERN, SPACE_BEFORE_UNIT_PATTERN
from language.plurals import ES_PATTERN, IRREGULAR, UNCHANGED

MAX_GRAM = 20  # characters of a word that a completion can match; longer typed words are cut to it
MAX_START = 60  # characters of a name that a prefix of it can match; longer typed text is cut to it

CHAR_FILTERS: dict[str, Any] = {
    # "StarTech.com" becomes "StarTech com", but "2.5" and "802.11n" stay as they are.
    "letter_dots": {"type": "pattern_replace", "pattern": r"(?<=\p{L})[.](?=\p{L})", "replacement": " "},
    "inches": {"type": "pattern_replace", "pattern": INCHES_PATTERN, "replacement": "inch "},
    "units": {"type": "pattern_replace", "pattern": SPACE_BEFORE_UNIT_PATTERN, "replacement": ""},
    "one_space": {"type": "pattern_replace", "pattern": r"[^\p{L}\p{N}]+", "replacement": " "},
}
_MEASURES = ["letter_dots", "inches", "units"]

FILTERS: dict[str, Any] = {
    "possessive": {"type": "stemmer", "language": "possessive_english"},
    "plural_exceptions": {
        "type": "stemmer_override",
        "rules": [
            *(f"{word} => {word}" for word in sorted(UNCHANGED)),
            *(f"{word} => {stem}" for word, stem in sorted(IRREGULAR.items())),
        ],
    },
    "plural_es": {"type": "pattern_replace", "pattern": ES_PATTERN, "replacement": "$1"},
    "plural_s": {"type": "stemmer", "language": "minimal_english"},
    # "smart watch" becomes "smartwatch": a compound is found as one word and as two.
    "join_pairs": {
        "type": "shingle",
        "min_shingle_size": 2,
        "max_shingle_size": 2,
        "token_separator": "",
        "output_unigrams": False,
    },
    "word_starts": {"type": "edge_ngram", "min_gram": 1, "max_gram": MAX_GRAM},
    "cut_to_gram": {"type": "truncate", "length": MAX_GRAM},
    "name_starts": {"type": "edge_ngram", "min_gram": 1, "max_gram": MAX_START},
    "cut_to_start": {"type": "truncate", "length": MAX_START},
}
_FOLDED = ["asciifolding", "lowercase", "possessive"]
_SINGULAR = ["plural_exceptions", "plural_es", "plural_s"]
_WHOLE = {"type": "custom", "tokenizer": "keyword", "char_filter": ["one_space"]}


def _words(*filters: str) -> dict[str, Any]:
    return {"type": "custom", "tokenizer": "standard", "char_filter": _MEASURES, "filter": [*_FOLDED, *filters]}


ANALYZERS: dict[str, Any] = {
    "words": _words(*_SINGULAR),
    "spelling": {"type": "custom", "tokenizer": "standard", "char_filter": ["letter_dots"], "filter": _FOLDED},
    "joined_pairs": _words("join_pairs", *_SINGULAR),
    "word_starts": _words("word_starts"),
    "word_starts_query": _words("cut_to_gram"),
    "name_starts": {**_WHOLE, "filter": ["asciifolding", "lowercase", "name_starts"]},
    "name_starts_query": {**_WHOLE, "filter": ["asciifolding", "lowercase", "cut_to_start"]},
}
NORMALIZERS: dict[str, Any] = {
    "folded": {"type": "custom", "filter": ["asciifolding", "lowercase"]},
}


def index_settings(*, replicas: int, refresh_interval: str) -> dict[str, Any]:
    """Settings of a new product index.

    It has one shard: millions of products fit, and scores of one shard need no statistics of
    others.
    """
    return {
        "number_of_shards": 1,
        "number_of_replicas": replicas,
        # Set explicitly, because by default an index without searches for 30 s stops refreshing.
        "refresh_interval": refresh_interval,
        # With it a refresh waits until small segments are merged, up to 10 s when a large merge is
        # running.
        "merge_on_flush.enabled": False,
        # Concurrent searches use all cores anyway; dividing each of them costs more processor time
        # (docs/search.md).
        "search.concurrent_segment_search.mode": "none",
        "analysis": {
            "char_filter": CHAR_FILTERS,
            "filter": FILTERS,
            "analyzer": ANALYZERS,
            "normalizer": NORMALIZERS,
        },
    }
