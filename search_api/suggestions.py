"""Completions as the shopper types: brands and categories, what others searched for, names of products.

The typed words may come in any order, and each of them may be unfinished. Among names, one that starts with the text
goes before one with a word that does; only when there is neither are typing errors forgiven.
"""

import collections
import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from products.models import PATH_SEPARATOR
from search_api import deadline, engine, filters, popular_queries
from search_api.contracts import MAX_SUGGESTIONS, Suggestion, SuggestionType, SuggestResponse
from search_api.highlighting import mark_starts
from search_api.parsing import MAX_TERM_LENGTH, MAX_TERMS, clean
from search_api.starts import starts_name, starts_words

# A name that starts with the text goes before one with a word that does, whatever else speaks for either.
NAME_START, WORD_START = 1000.0, 1.0
AVAILABLE = 100.0  # what can be had (at the store) first, among names that match alike
NAME = "name.shown"
FETCHED = 20  # hits, to have ten that differ
MAX_OF_A_KIND = 2  # categories, brands, and queries
COMPARED = 4  # words at the start of a name; names that share them all are near-identical
MAX_ALIKE = 2

# The engine takes 'd-li' for two words, and 'Da-Lite' for a name with both.
_INNER_PUNCTUATION = re.compile(r"\w[^\w\s]+\w")

Query = dict[str, Any]
Hit = dict[str, Any]


@deadline.one_wait()
def suggest(q: str, store_id: int | None) -> SuggestResponse:
    """At most ten completions of the text, none twice; EngineUnavailableError."""
    text = " ".join(word[:MAX_TERM_LENGTH] for word in clean(q).split()[:MAX_TERMS])
    answer = engine.search(body(text, store_id))
    first_groups, later_groups = _groups(answer, text)
    first_names, later_names = _by_place(answer["hits"]["hits"], text)
    first = [*first_groups, *popular(text), *diverse(_products(first_names))]
    found = [*first, *later_groups, *diverse(_products(later_names))]
    if not found:
        found = _products(engine.search(forgiving_body(text, store_id))["hits"]["hits"])
    shown = itertools.islice(distinct(found), MAX_SUGGESTIONS)
    return SuggestResponse(query=q, suggestions=[marked(one, text) for one in shown])


def body(text: str, store_id: int | None) -> Query:
    """One request for names, and for the categories and brands that the text may start."""
    names = [_scored("name.starts", text, NAME_START), _scored("name.word_starts", text, WORD_START)]
    category, brand = _words("category.word_starts", text), _words("brand.word_starts", text)
    return {
        **_page(_any([*names, {"bool": {"filter": category}}, {"bool": {"filter": brand}}]), store_id),
        "post_filter": _any([_words("name.starts", text), _words("name.word_starts", text)]),
        "aggs": {
            "category": {"filter": category, "aggs": {"values": {"terms": {"field": "category_paths", "size": 20}}}},
            "brand": {"filter": brand, "aggs": {"values": {"terms": {"field": "brand_name", "size": 5}}}},
        },
    }


def forgiving_body(text: str, store_id: int | None) -> Query:
    """Names with words that start nearly as typed."""
    near = {"query": text, "operator": "and", "fuzziness": "AUTO", "prefix_length": 1, "max_expansions": 20}
    return _page({"match": {"name.word_starts": near}}, store_id)


def _page(query: Query, store_id: int | None) -> Query:
    available = {"constant_score": {"filter": filters.available(store_id), "boost": AVAILABLE}}
    return {
        "query": {"bool": {"must": [query], "should": [available]}},
        "sort": [{"_score": "desc"}, {"popularity": "desc"}, {"id": "asc"}],
        "size": FETCHED,
        "track_total_hits": False,
        # Not the document: to unpack twenty of them would take half of the engine's time.
        "stored_fields": "_none_",
        "docvalue_fields": [NAME],
    }


def _any(queries: list[Query]) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _words(field: str, text: str) -> Query:
    return {"match": {field: {"query": text, "operator": "and"}}}


def _scored(field: str, text: str, boost: float) -> Query:
    return {"constant_score": {"filter": _words(field, text), "boost": boost}}


def _groups(answer: Mapping[str, Any], text: str) -> tuple[list[Suggestion], list[Suggestion]]:
    """Brands and categories whose own name the text starts, and those with words that it starts."""
    brands, paths = (_values(answer["aggregations"][name]) for name in ("brand", "category"))
    return groups(brands, paths, text)


def groups(brands: list[str], paths: list[str], text: str) -> tuple[list[Suggestion], list[Suggestion]]:
    """Those of the brands and categories whose own name the text starts, and those with words that it starts."""
    named = [[suggestion(brand, SuggestionType.BRAND, brand) for brand in brands], _categories(paths)]
    first = [[one for one in kind if starts_name(one["text"], text)][:MAX_OF_A_KIND] for kind in named]
    later = [
        [one for one in kind if one not in begun and starts_words(_own_name(one), text)][: MAX_OF_A_KIND - len(begun)]
        for kind, begun in zip(named, first, strict=True)
    ]
    return list(itertools.chain(*first)), list(itertools.chain(*later))


def _categories(paths: list[str]) -> list[Suggestion]:
    """Each by its own name; by its path when another of them has the same name."""
    names = collections.Counter(path.rpartition(PATH_SEPARATOR)[2].casefold() for path in paths)
    return [
        suggestion(name if names[name.casefold()] == 1 else path, SuggestionType.CATEGORY, path)
        for path in paths
        for name in (path.rpartition(PATH_SEPARATOR)[2],)
    ]


def _own_name(group: Suggestion) -> str:
    return group["text"].rpartition(PATH_SEPARATOR)[2]


def popular(text: str) -> list[Suggestion]:
    """What others searched for that goes on from the text."""
    starting = popular_queries.starting_with(text)
    return [suggestion(q, SuggestionType.QUERY, None) for q in starting[:MAX_OF_A_KIND]]


def _by_place(hits: list[Hit], text: str) -> tuple[list[Hit], list[Hit]]:
    """Names that start with the text, and those with words that it starts."""
    starting = [hit for hit in hits if hit["sort"][0] >= NAME_START]
    later = hits[len(starting) :]
    if _INNER_PUNCTUATION.search(text):
        later = [hit for hit in later if starts_words(_name(hit), text)]
    return starting, later


def _products(hits: list[Hit]) -> list[Suggestion]:
    return [suggestion(_name(hit), SuggestionType.PRODUCT, hit["sort"][-1]) for hit in hits]


def _name(hit: Hit) -> str:
    return str(hit["fields"][NAME][0])


def _values(aggregation: Mapping[str, Any]) -> list[str]:
    return [bucket["key"] for bucket in aggregation["values"]["buckets"]]


def suggestion(text: str, kind: SuggestionType, identity: int | str | None) -> Suggestion:
    """Not marked yet: of the twenty fetched ten are shown, and marking costs more than all else."""
    return {"text": text, "type": kind.value, "id": identity, "highlight": ""}


def marked(one: Suggestion, typed: str) -> Suggestion:
    """With what the typed words start in <mark>."""
    return {**one, "highlight": mark_starts(one["text"], typed)}


def diverse(names: list[Suggestion]) -> list[Suggestion]:
    """The names in their order, but no more than two that begin alike; the others at the end."""
    alike: collections.Counter[tuple[str, ...]] = collections.Counter()
    kept: list[Suggestion] = []
    spare: list[Suggestion] = []
    for name in names:
        beginning = tuple(name["text"].lower().split()[:COMPARED])
        alike[beginning] += 1
        (kept if alike[beginning] <= MAX_ALIKE else spare).append(name)
    return [*kept, *spare]


def distinct(found: Iterable[Suggestion]) -> Iterable[Suggestion]:
    """Those whose text did not come before, in any case."""
    seen: set[str] = set()
    for one in found:
        key = one["text"].casefold()
        if key not in seen:
            seen.add(key)
            yield one
