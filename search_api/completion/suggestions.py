"""Completions as the shopper types: brands and categories, what others searched for, names of products.

The typed words may come in any order, and each of them may be unfinished. Among names, one that starts with the text
goes before one with a word that does; only when there is neither are typing errors forgiven.
"""

import collections
import itertools
import re
from collections.abc import Iterable
from typing import Any

from indexing.documents import MOST_BAND
from language.codes import looks_like_code, normalise_code
from language.measures import join_measures
from language.prefix_match import starts_name, starts_words
from products.paths import own_name
from search_api.completion import popular_queries
from search_api.completion.facet_values import Groups
from search_api.contracts import MAX_SUGGESTIONS, Suggestion, SuggestionType, SuggestResponse
from search_api.engine import client, request_body
from search_api.engine.highlighting import mark_starts
from search_api.query.parsing import MAX_TERM_LENGTH, MAX_TERMS, clean

# A name that starts with the text goes before one with a word that does, whatever else speaks for either; then what can
# be had (at the store); then what sells. Each outweighs all after it together.
NAME_START, AVAILABLE, WORD_START = 1000.0, 100.0, 1.0
BAND = 1.0  # for each band of popularity
NAME = "name.shown"
FETCHED = 20  # hits, to have ten that differ
MAX_OF_A_KIND = 2  # categories, brands, and queries
COMPARED = 4  # words at the start of a name; names that share them all are near-identical
MAX_ALIKE = 2

# The engine takes 'd-li' for two words, and 'Da-Lite' for a name with both.
_INNER_PUNCTUATION = re.compile(r"\w[^\w\s]+\w")

Query = dict[str, Any]
Hit = dict[str, Any]


def suggest(q: str, store_id: int | None, known: Groups) -> SuggestResponse:
    """At most ten completions of the text, none twice; EngineUnavailableError."""
    text = " ".join(word[:MAX_TERM_LENGTH] for word in clean(q).split()[:MAX_TERMS])
    first_groups, later_groups = by_start(known, text)
    first_names, later_names = _by_place(_hits(body(text, store_id)), text)
    first = [*first_groups, *popular(text), *diverse(_products(first_names))]
    found = [*first, *later_groups, *diverse(_products(later_names))]
    if not found:
        found = _products(_hits(forgiving_body(text, store_id)))
    shown = itertools.islice(distinct(found), MAX_SUGGESTIONS)
    return SuggestResponse(query=q, suggestions=[marked(one, text) for one in shown])


def body(text: str, store_id: int | None) -> Query:
    """The request for names that start with the text, or have words that do."""
    names = [_scored("name.starts", text, NAME_START), _scored("name.word_starts", text, WORD_START)]
    return _page({"bool": {"should": names, "minimum_should_match": 1}}, [_available(store_id), *_POPULAR])


def forgiving_body(text: str, store_id: int | None) -> Query:
    """Names with words that start nearly as typed; before them those with a code that does but for punctuation."""
    near = {"query": text, "operator": "and", "fuzziness": "AUTO", "prefix_length": 1, "max_expansions": 20}
    forms: list[Query] = [{"match": {"name.word_starts": near}}]
    if looks_like_code(text):
        forms.append(_constant({"prefix": {"codes": normalise_code(text)}}, NAME_START))
    return _page({"bool": {"should": forms}}, [_available(store_id)])


def _page(query: Query, preferred: list[Query]) -> Query:
    # By score alone: with a second key the engine would have to look at every name that starts alike.
    return {
        "query": {"bool": {"must": [query], "should": preferred}},
        "size": FETCHED,
        "track_total_hits": False,
        # Not the document: to unpack twenty of them would take half of the engine's time.
        "stored_fields": "_none_",
        "docvalue_fields": [NAME, "id"],
    }


def _hits(request: Query) -> list[Hit]:
    """The engine's, the best first; equals by id, so that they never change places."""
    found: list[Hit] = client.search(request)["hits"]["hits"]
    return sorted(found, key=lambda hit: (-hit["_score"], _product_id(hit)))


def _product_id(hit: Hit) -> int:
    return int(hit["fields"]["id"][0])


def _words(field: str, text: str) -> Query:
    return {"match": {field: {"query": text, "operator": "and"}}}


def _scored(field: str, text: str, boost: float) -> Query:
    return _constant(_words(field, text), boost)


def _available(store_id: int | None) -> Query:
    return _constant(request_body.available(store_id), AVAILABLE)


def _constant(query: Query, score: float) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


_POPULAR = [_constant({"term": {"popularity_band": band}}, BAND * band) for band in range(1, MOST_BAND + 1)]


def by_start(known: Groups, text: str) -> tuple[list[Suggestion], list[Suggestion]]:
    """Brands and categories whose own name the text starts, and those with words that it starts."""
    brands, paths = known.starting(text)
    named = [[suggestion(brand, SuggestionType.BRAND, brand) for brand in brands], _categories(paths)]
    first = [[one for one in kind if _starts(one, text)][:MAX_OF_A_KIND] for kind in named]
    later = [
        [one for one in kind if not _starts(one, text)][: MAX_OF_A_KIND - len(begun)]
        for kind, begun in zip(named, first, strict=True)
    ]
    return list(itertools.chain(*first)), list(itertools.chain(*later))


def _starts(group: Suggestion, text: str) -> bool:
    return starts_name(group["text"], text)


def _categories(paths: list[str]) -> list[Suggestion]:
    """Each by its own name; by its path when another of them has the same name."""
    names = collections.Counter(own_name(path).casefold() for path in paths)
    return [
        suggestion(own_name(path) if names[own_name(path).casefold()] == 1 else path, SuggestionType.CATEGORY, path)
        for path in paths
    ]


def popular(text: str) -> list[Suggestion]:
    """What others searched for that goes on from the text."""
    starting = popular_queries.starting_with(text)
    return [suggestion(q, SuggestionType.QUERY, None) for q in starting[:MAX_OF_A_KIND]]


def _by_place(hits: list[Hit], text: str) -> tuple[list[Hit], list[Hit]]:
    """Names that start with the text, and those with words that it starts."""
    starting = [hit for hit in hits if hit["_score"] >= NAME_START]
    later = hits[len(starting) :]
    if _INNER_PUNCTUATION.search(text):
        later = [hit for hit in later if _has_words(_name(hit), text)]
    return starting, later


def _has_words(name: str, text: str) -> bool:
    """Whether the text starts words of the name; '27-inch' those of '(27")' too."""
    return starts_words(name, text) or starts_words(join_measures(name), join_measures(text))


def _products(hits: list[Hit]) -> list[Suggestion]:
    return [suggestion(_name(hit), SuggestionType.PRODUCT, _product_id(hit)) for hit in hits]


def _name(hit: Hit) -> str:
    return str(hit["fields"][NAME][0])


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
