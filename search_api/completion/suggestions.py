"""Completions of what is being typed: brands and categories, popular queries, names of products.

The typed words may come in any order, and each of them may be unfinished. What starts with the text
comes before what has a word that does; only when there is neither, names within a typing error of
it are found.
"""

import collections
import functools
import itertools
import re
from collections.abc import Iterable
from html import escape
from typing import Any, NamedTuple

from indexing.documents import MOST_BAND
from language.codes import looks_like_code, normalise_code
from language.normalisation import base_letters, clean
from language.prefix_match import has_prefix, has_word_prefixes
from language.terms import words
from products.paths import own_name
from search_api.completion import popular_queries
from search_api.completion.facet_values import KnownValues
from search_api.contracts import MAX_SUGGESTIONS, Suggestion, SuggestionType, SuggestResponse
from search_api.engine import client, request_body, shards
from search_api.query.parsing import MAX_TERM_LENGTH, MAX_TERMS
from search_api.query.spelling import may_be_misspelt

# A name that starts with the text scores above one with a word that does, whatever else counts for
# either; then comes availability (at the store), then popularity. Each outweighs the sum of all
# after it.
NAME_PREFIX, AVAILABLE, WORD_PREFIX = 1000.0, 100.0, 1.0
BAND = 1.0  # for each band of popularity
NAME_FIELD = "name"
FETCHED = 20  # hits, to have ten that differ
MAX_OF_A_KIND = 2  # categories, brands, and queries
COMPARED_WORDS = 4  # names are near-identical when they share so many of their first words
MAX_ALIKE = 2
MAX_CACHED_PATTERNS = 1_000

# To the engine 'd-li' is two words, and 'Da-Lite' a name with prefixes of both.
_INNER_PUNCTUATION = re.compile(r"\w[^\w\s]+\w")
_PART = re.compile(r"\w+(?:(?<=\d)[.,](?=\d)\w+)*")  # '15.6' is one

Json = dict[str, Any]


class ProductName(NamedTuple):
    id: int
    name: str
    has_prefix: bool  # the name starts with the text, rather than a word in it


def first_request(q: str, store_id: int | None) -> Json:
    """The request for names that start with the text, or have words that do: `suggest` needs its answer in any case."""
    prefixes = [("name_start", NAME_PREFIX), ("name_words", WORD_PREFIX)]
    typed = " ".join(words(_limited(q)))
    forms = [_scored({"match": {field: {"query": typed, "operator": "and"}}}, score) for field, score in prefixes]
    popular = [_scored({"term": {"popularity_band": band}}, BAND * band) for band in range(1, MOST_BAND + 1)]
    query = {"bool": {"should": forms, "minimum_should_match": 1}}
    return _request(query, [_scored(request_body.available(store_id), AVAILABLE), *popular])


def suggest(q: str, store_id: int | None, known: KnownValues, answer: Json | None = None) -> SuggestResponse:
    """At most ten different completions; EngineUnavailableError. `answer`: to the first request, if it was sent."""
    text = _limited(q)
    names = _names(answer or client.search(first_request(q, store_id)))
    if _INNER_PUNCTUATION.search(text):
        names = [one for one in names if one.has_prefix or has_word_prefixes(one.name, text)]
    found = merge(text, known, names) or products(_names(client.search(fuzzy_request(text, store_id))))
    return SuggestResponse(query=q, suggestions=shown(found, text))


def _limited(q: str) -> str:
    return " ".join(word[:MAX_TERM_LENGTH] for word in clean(q).split()[:MAX_TERMS])


def fuzzy_request(text: str, store_id: int | None) -> Json:
    """The request for names with words close to the typed ones, or with a code that starts so."""
    nearly = [_nearly(word) for word in words(text)] or [{"match_none": {}}]
    forms: list[Json] = [{"bool": {"must": nearly}}]
    if looks_like_code(text):
        forms.append(_scored({"prefix": {"codes": normalise_code(text)}}, NAME_PREFIX))
    fuzzy = _request({"bool": {"should": forms}}, [_scored(request_body.available(store_id), AVAILABLE)])
    return fuzzy | shards.scored_by_words(text)


def _nearly(word: str) -> Json:
    """A typing error is forgiven where a search corrects one: beside '5q0' stands another code, beside 'jrr' a name."""
    tolerance = {"fuzziness": "AUTO", "prefix_length": 1, "max_expansions": 20} if may_be_misspelt(word) else {}
    return {"match": {"name_words": {"query": word, "operator": "and", **tolerance}}}


def _scored(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _request(query: Json, preferences: list[Json]) -> Json:
    return {
        "query": {"bool": {"must": [query], "should": preferences}},
        "size": FETCHED,
        # Sorted by score alone, without a count: else the engine would have to visit every name
        # with the prefix.
        "track_total_hits": False,
        # Not the document: to unpack twenty of them takes half of the engine's time.
        "stored_fields": "_none_",
        "docvalue_fields": [NAME_FIELD, "id"],
    }


def _names(answer: Json) -> list[ProductName]:
    """The hits, best first; by id when scores are equal, so that their order never changes."""
    hits = answer["hits"]["hits"]
    ranked = sorted((-hit["_score"], int(hit["fields"]["id"][0]), str(hit["fields"][NAME_FIELD][0])) for hit in hits)
    return [ProductName(product_id, name, -negative >= NAME_PREFIX) for negative, product_id, name in ranked]


def merge(text: str, known: KnownValues, names: list[ProductName]) -> list[Suggestion]:
    """All kinds that start with the text, then all kinds with a word that does; unmarked."""
    paths = known.categories.find(text)
    path_count = collections.Counter(own_name(path).casefold() for path in paths)
    # A category is named by its path when another one has the same name.
    categories = [(own_name(path) if path_count[own_name(path).casefold()] == 1 else path, path) for path in paths]
    brands = [(brand, brand) for brand in known.brands.find(text)]

    first: list[Suggestion] = []
    later: list[Suggestion] = []
    for kind, values in ((SuggestionType.BRAND, brands), (SuggestionType.CATEGORY, categories)):
        found = [_suggestion(name, kind, value) for name, value in values]
        starting = [one for one in found if has_prefix(one["text"], text)][:MAX_OF_A_KIND]
        others = [one for one in found if not has_prefix(one["text"], text)]
        first += starting
        later += others[: MAX_OF_A_KIND - len(starting)]
    queries = popular_queries.starting_with(text)[:MAX_OF_A_KIND]
    first += [_suggestion(query, SuggestionType.QUERY, None) for query in queries]
    first += diverse(products(name for name in names if name.has_prefix))
    later += diverse(products(name for name in names if not name.has_prefix))
    return [*first, *later]


def products(names: Iterable[ProductName]) -> list[Suggestion]:
    return [_suggestion(name.name, SuggestionType.PRODUCT, name.id) for name in names]


def _suggestion(text: str, kind: SuggestionType, identity: int | str | None) -> Suggestion:
    # `shown` adds the highlight to the few that are shown: marking takes more time than all else.
    return {"text": text, "type": kind.value, "id": identity, "highlight": ""}


def diverse(names: list[Suggestion]) -> list[Suggestion]:
    """The names in their order, but those after the second with the same first words at the end."""
    alike: collections.Counter[tuple[str, ...]] = collections.Counter()
    kept: list[Suggestion] = []
    repeated: list[Suggestion] = []
    for name in names:
        first_words = tuple(name["text"].lower().split()[:COMPARED_WORDS])
        alike[first_words] += 1
        (kept if alike[first_words] <= MAX_ALIKE else repeated).append(name)
    return [*kept, *repeated]


def shown(found: Iterable[Suggestion], text: str) -> list[Suggestion]:
    """The first ten with different texts, the prefixes that match marked."""
    different: dict[str, Suggestion] = {}
    for one in found:
        different.setdefault(one["text"].casefold(), one)
    first = itertools.islice(different.values(), MAX_SUGGESTIONS)
    return [{**one, "highlight": mark_prefixes(one["text"], text)} for one in first]


def mark_prefixes(text: str, typed: str) -> str:
    """The text as HTML, escaped; prefixes of its words that were typed are in <mark>."""
    pieces, end = [], 0
    for match in _prefix_pattern(typed).finditer(base_letters(text)):
        pieces += [escape(text[end : match.start()]), f"<mark>{escape(text[match.start() : match.end()])}</mark>"]
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


@functools.lru_cache(MAX_CACHED_PATTERNS)
def _prefix_pattern(typed: str) -> re.Pattern[str]:
    """Matches the longest typed word that is a prefix of a word."""
    words = sorted({base_letters(word) for word in _PART.findall(typed)}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})" if words else r"(?!)")
