"""The text part of a query, built by pure functions.

User text appears only as the value of `combined_fields`, `match`, `multi_match`, `term` and `prefix`; what it may cost
is bounded by `parsing.MAX_TERMS`. The weights were chosen on judged queries of a real catalogue (`docs/search.md` has
the figures with and without each); they are round because a finer setting would fit those queries only.
"""

from typing import Any

from language.accessories import names_accessory
from search_api.query.parsing import Concept, ParsedQuery

Query = dict[str, Any]

# BM25F over all of them at once: a word may be in the name and the next in the brand. The name says most.
FIELDS = ("name^3", "brand^2", "category", "description", "attributes")
PHRASE_FIELDS = ("name", "brand", "category", "description", "attributes")
# What was typed goes before what means the same.
SYNONYM = 0.5
# 'smartwatch' for 'smart watch': right, but the rare joined form would outweigh all else.
JOINED = 0.3
MIN_JOINED_LENGTH = 4  # characters; shorter joined pairs are accidents
# A second guess at a misspelt word, against the first.
RUNNER_UP = 0.8
MIN_PART_LENGTH = 3  # characters, of a word that may be two
# Nothing is near an unknown word: words that start like it, below all else.
GUESSED_START, MIN_START_LENGTH = 0.1, 4
# Every concept found outweighs any one concept found often.
ALL_CONCEPTS = 80.0
# The word in the very form that was typed: 'speakers' before 'speaker'.
# All the more for a corrected word: its other forms would be a second guess.
EXACT_FORM, CORRECTED_FORM = 1.2, 2.5
# The words next to each other in the name.
PHRASE, PHRASE_SLOP = 2.0, 1
# The exact SKU is what was meant, then a model code, then the start of a code.
EXACT_SKU, EXACT_CODE, CODE_START = 1000.0, 100.0, 20.0
# Of the products that mention a code the one whose name says least else: not what replaces it, or goes with it.
CODE_TIE = 0.1
# An accessory that the words do not name goes below the thing itself.
ACCESSORY = 0.5
# A thing of the category that the words name goes above others: 'laptop' in 'Computers > Laptops'.
# All the more when words may be missing: 'laptop under 500' is no puzzle of 500 pieces.
NAMED_KIND, NAMED_KIND_OF_SOME = 1.5, 4.0
# Not to be had: below what can be had, unless it fits far better.
UNAVAILABLE = 0.4
# Per power of ten of units sold: decides between equals, and no more.
POPULARITY = 0.05


def text_query(parsed: ParsedQuery, *, available: Query, some_words: bool = False) -> Query:
    """The scored query; `available` is the filter for what can be had. `some_words`: not every word must match."""
    scored: Query = {"bool": {**_matching(parsed, some_words=some_words), "should": _phrase_boost(parsed)}}
    unavailable: Query = {"filter": {"bool": {"must_not": [available]}}, "weight": UNAVAILABLE}
    functions = [unavailable, *_factors(parsed, some_words=some_words)]
    return _multiplied(_multiplied(scored, functions, "multiply"), [{"weight": 1}, _popularity()], "sum")


def _multiplied(query: Query, functions: list[Query], mode: str) -> Query:
    """The query's scores times the product, or the sum, of the functions."""
    combined = {"functions": functions, "score_mode": mode, "boost_mode": "multiply"}
    return {"function_score": {"query": query, **combined}}


def _popularity() -> Query:
    sold = {"field": "popularity", "modifier": "log1p", "missing": 0}
    return {"field_value_factor": sold, "weight": POPULARITY}


def _factors(parsed: ParsedQuery, *, some_words: bool) -> list[Query]:
    """What multiplies the score of a match by its kind. When words may be missing any of them may name it."""
    if not parsed.concepts:
        return []
    factors = [{"filter": _unasked_accessory(parsed), "weight": ACCESSORY}, *map(_exact_form, parsed.concepts)]
    if not names_accessory(parsed.text):
        naming, weight = (parsed.concepts, NAMED_KIND_OF_SOME) if some_words else (parsed.concepts[-1:], NAMED_KIND)
        factors.append({"filter": {"bool": {"should": [*map(_named_kind, naming)]}}, "weight": weight})
    return factors


def _matching(parsed: ParsedQuery, *, some_words: bool) -> Query:
    if parsed.nothing:
        return {"must": [{"match_none": {}}]}
    clauses = [_anywhere(parsed, place) for place in range(len(parsed.concepts))]
    must = [_any_of(clauses)] if some_words and clauses else clauses
    must += [_phrase(phrase) for phrase in parsed.phrases]
    return {
        "must": must or [{"match_all": {}}],
        "must_not": [_words(word, operator="and") for word in parsed.excluded],
    }


def _any_of(clauses: list[Query]) -> Query:
    """At least one of them; with all of them above everything else."""
    every = {"constant_score": {"filter": {"bool": {"must": clauses}}, "boost": ALL_CONCEPTS}}
    return {"bool": {"should": [*clauses, every], "minimum_should_match": 1}}


def _anywhere(parsed: ParsedQuery, place: int) -> Query:
    """The concept at the place, in any field, in any of its forms; the best form counts."""
    concept = parsed.concepts[place]
    forms = [_words(concept.text)]
    forms += [_words(synonym, boost=SYNONYM) for synonym in concept.synonyms]
    forms += _joined_forms(parsed, place)
    forms += _guesses(concept)
    forms += _code_forms(parsed, concept)
    tie_breaker = {"tie_breaker": CODE_TIE} if concept.code else {}
    return {"dis_max": {"queries": forms, **tie_breaker}} if len(forms) > 1 else forms[0]


def _words(text: str, *, boost: float = 1.0, operator: str = "and") -> Query:
    return {"combined_fields": {"query": text, "fields": list(FIELDS), "operator": operator, "boost": boost}}


def _joined_forms(parsed: ParsedQuery, place: int) -> list[Query]:
    """The word where documents have it in two, and joined to a neighbour where documents have both in one."""
    joined = [part.text.replace(" ", "") for part in parsed.concepts]
    pairs = [joined[first] + joined[first + 1] for first in (place - 1, place) if 0 <= first < len(joined) - 1]
    forms = [_words(pair, boost=JOINED) for pair in pairs if len(pair) >= MIN_JOINED_LENGTH]
    if len(joined[place]) >= MIN_JOINED_LENGTH:
        forms.append({"match": {"name.joined": {"query": joined[place], "boost": JOINED}}})
    return forms


def _guesses(concept: Concept) -> list[Query]:
    """What else a word that no document has may stand for."""
    # Corrections are words as they are written; 'inch' in '15 inch' is found in no other field.
    written: list[Query] = [{"match": {"spelling": {"query": concept.text, "operator": "and", "boost": JOINED}}}]
    if concept.runner_up:
        return [*written, _words(concept.runner_up, boost=RUNNER_UP)]
    if concept.corrected:
        return written
    if not concept.unknown:
        return []
    word = concept.text
    places = range(MIN_PART_LENGTH, len(word) - MIN_PART_LENGTH + 1)
    halves = [_words(f"{word[:place]} {word[place:]}", boost=JOINED) for place in places]
    return [*halves, *_near_starts(word)]


def _near_starts(word: str) -> list[Query]:
    """Words that start like the unknown one, when nothing else is near it."""
    start = word[: max(MIN_START_LENGTH, len(word) * 2 // 3)]
    near = {"query": start, "fuzziness": "AUTO", "boost": GUESSED_START}
    same = {"value": word[:MIN_START_LENGTH].lower(), "boost": GUESSED_START}
    return [{"match": {"name.word_starts": near}}, {"prefix": {"spelling": same}}]


def _code_forms(parsed: ParsedQuery, concept: Concept) -> list[Query]:
    forms: list[Query] = []
    if concept.sku:
        forms.append({"constant_score": {"filter": {"term": {"sku_code": concept.sku}}, "boost": EXACT_SKU}})
    if concept.code:
        forms.append({"constant_score": {"filter": {"term": {"codes": concept.code}}, "boost": EXACT_CODE}})
        forms.append({"prefix": {"codes": {"value": concept.code, "boost": CODE_START}}})
    if parsed.joined_codes:
        forms.append({"terms": {"codes": list(parsed.joined_codes), "boost": EXACT_CODE}})
    return forms


def _phrase(phrase: str) -> Query:
    return {"multi_match": {"query": phrase, "fields": list(PHRASE_FIELDS), "type": "phrase"}}


def _phrase_boost(parsed: ParsedQuery) -> list[Query]:
    if " " not in parsed.text:
        return []
    return [{"match_phrase": {"name": {"query": parsed.text, "slop": PHRASE_SLOP, "boost": PHRASE}}}]


def _exact_form(concept: Concept) -> Query:
    # Of a corrected word its category's name in the plural, say, is no proof that it was meant so.
    field, weight = ("written", CORRECTED_FORM) if concept.corrected else ("spelling", EXACT_FORM)
    forms = [concept.text, concept.runner_up] if concept.runner_up else [concept.text]
    written: list[Query] = [{"match": {field: {"query": form, "operator": "and"}}} for form in forms]
    return {"filter": {"bool": {"should": written}}, "weight": weight}


def _unasked_accessory(parsed: ParsedQuery) -> Query:
    asked: list[Query] = [{"match": {"accessory": name}} for name in _names(parsed)]
    return {"bool": {"filter": [{"exists": {"field": "accessory"}}], "must_not": asked}}


def _named_kind(concept: Concept) -> Query:
    names = (concept.text, *concept.synonyms)
    named: list[Query] = [{"match": {"category": {"query": name, "operator": "and"}}} for name in names]
    return {"bool": {"should": named, "minimum_should_match": 1, "must_not": [{"exists": {"field": "accessory"}}]}}


def _names(parsed: ParsedQuery) -> list[str]:
    return sorted({name for concept in parsed.concepts for name in (concept.text, *concept.synonyms)})
