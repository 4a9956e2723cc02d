"""Completions as the shopper types: names first, then categories and brands, and what others searched for."""

from collections.abc import Iterable, Mapping
from typing import Any

from products.models import PATH_SEPARATOR
from search_api import engine, filters
from search_api.contracts import MAX_SUGGESTIONS, Suggestion, SuggestionType, SuggestResponse
from search_api.highlighting import mark_starts
from search_api.parsing import clean

# A name that starts with the text goes before one with a word that does, whatever else speaks for either.
NAME_START, WORD_START = 1000.0, 1.0
AVAILABLE = 100.0  # what can be had (at the store) first, among names that match alike
FETCHED = 40  # hits, to have ten that differ
MAX_OF_A_KIND = 2  # categories, and brands


def suggest(q: str, store_id: int | None) -> SuggestResponse:
    """At most ten completions of the text, none twice; EngineUnavailableError."""
    text = clean(q)
    answer = engine.search(body(text, store_id))
    return SuggestResponse(query=q, suggestions=_suggestions(answer, text))


def body(text: str, store_id: int | None) -> dict[str, Any]:
    """One request for names, and for the categories and brands that the text may start."""
    names = _any([_scored("name.starts", text, NAME_START), _scored("name.word_starts", text, WORD_START)])
    groups = [_words(field, text) for field in ("category.word_starts", "brand.word_starts")]
    available = {"constant_score": {"filter": filters.available(store_id), "boost": AVAILABLE}}
    return {
        "query": {
            "bool": {"must": [_any([names, *({"bool": {"filter": group}} for group in groups)])], "should": [available]}
        },
        "post_filter": _any([_words("name.starts", text), _words("name.word_starts", text)]),
        "sort": [{"_score": "desc"}, {"popularity": "desc"}, {"id": "asc"}],
        "size": FETCHED,
        "track_total_hits": False,
        "_source": ["name"],
        "aggs": {
            "category": {"filter": groups[0], "aggs": {"values": {"terms": {"field": "category_paths", "size": 20}}}},
            "brand": {"filter": groups[1], "aggs": {"values": {"terms": {"field": "brand_name", "size": 5}}}},
        },
    }


def _any(queries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _words(field: str, text: str) -> dict[str, Any]:
    return {"match": {field: {"query": text, "operator": "and"}}}


def _scored(field: str, text: str, boost: float) -> dict[str, Any]:
    return {"constant_score": {"filter": _words(field, text), "boost": boost}}


def _suggestions(answer: Mapping[str, Any], text: str) -> list[Suggestion]:
    found = answer["aggregations"]
    categories = [
        _suggestion(path, SuggestionType.CATEGORY, path, text)
        for path in _values(found["category"])
        if "<mark>" in mark_starts(path.rpartition(PATH_SEPARATOR)[2], text)
    ]
    brands = [_suggestion(name, SuggestionType.BRAND, name, text) for name in _values(found["brand"])]
    products = [
        _suggestion(hit["_source"]["name"], SuggestionType.PRODUCT, int(hit["_id"]), text)
        for hit in answer["hits"]["hits"]
    ]
    groups = [*brands[:MAX_OF_A_KIND], *categories[:MAX_OF_A_KIND]]
    return list(_distinct([*groups, *products]))[:MAX_SUGGESTIONS]


def _values(aggregation: Mapping[str, Any]) -> list[str]:
    return [bucket["key"] for bucket in aggregation["values"]["buckets"]]


def _suggestion(text: str, kind: SuggestionType, identity: int | str, typed: str) -> Suggestion:
    return {"text": text, "type": kind.value, "id": identity, "highlight": mark_starts(text, typed)}


def _distinct(suggestions: Iterable[Suggestion]) -> Iterable[Suggestion]:
    seen: set[str] = set()
    for suggestion in suggestions:
        key = suggestion["text"].casefold()
        if key not in seen:
            seen.add(key)
            yield suggestion
