"""The text part of a request, built by pure functions.

Text that a shopper typed is only ever the value of `combined_fields`, `match`, `multi_match`,
`term`, `terms` or `prefix`, and `parsing.MAX_TERMS` limits what it may cost. The weights were
chosen on judged queries of a real catalogue (`docs/search.md` has the reasons); they
are round because a finer setting would fit those queries only.
"""

from typing import Any

from language.accessories import names_accessory
from search_api.query.parsing import Concept, ParsedQuery

Clause = dict[str, Any]

# One BM25F score over all fields: one word may be in the name and the next in the brand. The name
# says most.
FIELDS = ("name^3", "brand^2", "category", "description", "attributes")
PHRASE_FIELDS = ("name", "brand", "category", "description", "attributes")
# The word that was typed scores more than its synonyms.
SYNONYM = 0.5
# 'smartwatch' for 'smart watch' is right, but the joined form is rare and would outweigh all else.
JOINED = 0.3
MIN_JOINED_LENGTH = 4  # characters; shorter joined pairs are accidents
# The second likeliest correction of a word, against the likeliest.
RUNNER_UP = 0.8
MIN_PART_LENGTH = 3  # characters of each half, when an unknown word may be two words
# No known word is near an unknown one: words with the same prefix score less than anything else.
GUESSED_PREFIX, MIN_PREFIX_LENGTH = 0.1, 4
# A product with every concept comes before one that has one concept often.
ALL_CONCEPTS = 80.0
# The word in the form that was typed: 'speakers' before 'speaker'. A corrected word counts more:
# another form of it would be a second guess.
EXACT_FORM, CORRECTED_FORM = 1.2, 2.5
# The words next to each other in the name.
PHRASE, PHRASE_SLOP = 2.0, 1
# An exact SKU is what the shopper meant; then come model codes, then prefixes of codes.
EXACT_SKU, EXACT_CODE, CODE_PREFIX = 1000.0, 100.0, 20.0
# Of the products that mention a code, the one whose name says least else comes first: the others
# replace it or go with it.
CODE_TIE = 0.1
# An accessory that the words do not name comes after the thing itself.
ACCESSORY = 0.5
# Things of the category that the words name come first: 'laptop' in 'Computers > Laptops'. It
# counts more when words may be missing, or 'laptop under 500' finds a puzzle of 500 pieces.
NAMED_KIND, NAMED_KIND_OF_SOME = 1.5, 4.0
# A product that is out of stock comes after those in stock, unless it fits far better.
UNAVAILABLE = 0.4
# Per power of ten of units sold: decides between equally good matches, and no more.
POPULARITY = 0.05


def text_query(parsed: ParsedQuery, *, available: Clause, some_words: bool = False) -> Clause:
    """The scored query; `available` is the filter for stock. `some_words`: words may be missing."""
    side_by_side: list[Clause] = []
    if " " in parsed.text:
        phrase = {"query": parsed.text, "slop": PHRASE_SLOP, "boost": PHRASE}
        side_by_side.append({"match_phrase": {"name": phrase}})
    scored: Clause = {"bool": {**_matching(parsed, some_words=some_words), "should": side_by_side}}
    unavailable: Clause = {"filter": {"bool": {"must_not": [available]}}, "weight": UNAVAILABLE}
    factors = [unavailable, *_factors(parsed, some_words=some_words)]
    sold = {"field": "popularity", "modifier": "log1p", "missing": 0}
    popularity = {"field_value_factor": sold, "weight": POPULARITY}
    return _scaled(_scaled(scored, factors, "multiply"), [{"weight": 1}, popularity], "sum")


def _scaled(query: Clause, functions: list[Clause], mode: str) -> Clause:
    """The query's scores times the product (mode `multiply`) or the sum of the functions."""
    combined = {"functions": functions, "score_mode": mode, "boost_mode": "multiply"}
    return {"function_score": {"query": query, **combined}}


def _matching(parsed: ParsedQuery, *, some_words: bool) -> Clause:
    if parsed.nothing:
        return {"must": [{"match_none": {}}]}
    must = [_concept(parsed, place) for place in range(len(parsed.concepts))]
    if some_words and must:
        all_of_them = {"filter": {"bool": {"must": must}}, "boost": ALL_CONCEPTS}
        should = [*must, {"constant_score": all_of_them}]
        must = [{"bool": {"should": should, "minimum_should_match": 1}}]
    for phrase in parsed.phrases:
        fields = list(PHRASE_FIELDS)
        must.append({"multi_match": {"query": phrase, "fields": fields, "type": "phrase"}})
    excluded = [_words(word) for word in parsed.excluded]
    return {"must": must or [{"match_all": {}}], "must_not": excluded}


def _words(text: str, *, boost: float = 1.0) -> Clause:
    """All words of the text, each in any field."""
    combined = {"query": text, "fields": list(FIELDS), "operator": "and", "boost": boost}
    return {"combined_fields": combined}


def _concept(parsed: ParsedQuery, place: int) -> Clause:
    """The concept at the place, in any field and any of its forms; the best form counts."""
    concept = parsed.concepts[place]
    forms = [_words(concept.text)]
    forms += [_words(synonym, boost=SYNONYM) for synonym in concept.synonyms]
    # Documents may have two neighbouring words as one, or one word as two.
    joined = [part.text.replace(" ", "") for part in parsed.concepts]
    firsts = [first for first in (place - 1, place) if 0 <= first < len(joined) - 1]
    pairs = [joined[first] + joined[first + 1] for first in firsts]
    forms += [_words(pair, boost=JOINED) for pair in pairs if len(pair) >= MIN_JOINED_LENGTH]
    if len(joined[place]) >= MIN_JOINED_LENGTH:
        forms.append({"match": {"name.joined": {"query": joined[place], "boost": JOINED}}})
    forms += _guesses(concept)
    if concept.sku:
        term: Clause = {"term": {"sku_code": concept.sku}}
        forms.append({"constant_score": {"filter": term, "boost": EXACT_SKU}})
    if concept.code:
        term = {"term": {"codes": concept.code}}
        forms.append({"constant_score": {"filter": term, "boost": EXACT_CODE}})
        forms.append({"prefix": {"codes": {"value": concept.code, "boost": CODE_PREFIX}}})
    if parsed.joined_codes:
        forms.append({"terms": {"codes": list(parsed.joined_codes), "boost": EXACT_CODE}})
    if len(forms) == 1:
        return forms[0]
    tie_breaker = {"tie_breaker": CODE_TIE} if concept.code else {}
    return {"dis_max": {"queries": forms, **tie_breaker}}


def _guesses(concept: Concept) -> list[Clause]:
    """What else a word may stand for that no document has."""
    word = concept.text
    # Corrections are chosen among words as they are written, in the field `spelling`; 'inch' of
    # '15 inch' is in no other field.
    written: Clause = {"match": {"spelling": {"query": word, "operator": "and", "boost": JOINED}}}
    if concept.runner_up:
        return [written, _words(concept.runner_up, boost=RUNNER_UP)]
    if concept.corrected:
        return [written]
    if not concept.unknown:
        return []
    splits = range(MIN_PART_LENGTH, len(word) - MIN_PART_LENGTH + 1)
    guesses = [_words(f"{word[:split]} {word[split:]}", boost=JOINED) for split in splits]
    prefix = word[: max(MIN_PREFIX_LENGTH, len(word) * 2 // 3)]
    near = {"query": prefix, "fuzziness": "AUTO", "boost": GUESSED_PREFIX}
    same = {"value": word[:MIN_PREFIX_LENGTH].lower(), "boost": GUESSED_PREFIX}
    return [*guesses, {"match": {"name.word_starts": near}}, {"prefix": {"spelling": same}}]


def _factors(parsed: ParsedQuery, *, some_words: bool) -> list[Clause]:
    """What multiplies the score of a match, by what kind of product it is and how it is written."""
    if not parsed.concepts:
        return []
    is_accessory: Clause = {"exists": {"field": "accessory"}}
    names = {name for concept in parsed.concepts for name in (concept.text, *concept.synonyms)}
    named: list[Clause] = [{"match": {"accessory": name}} for name in sorted(names)]
    unnamed_accessory = {"bool": {"filter": [is_accessory], "must_not": named}}
    factors: list[Clause] = [{"filter": unnamed_accessory, "weight": ACCESSORY}]
    for concept in parsed.concepts:
        # A corrected word that is only in the category, say in the plural, may still be wrong.
        field = "written" if concept.corrected else "spelling"
        weight = CORRECTED_FORM if concept.corrected else EXACT_FORM
        forms = [concept.text, concept.runner_up] if concept.runner_up else [concept.text]
        written = [{"match": {field: {"query": form, "operator": "and"}}} for form in forms]
        factors.append({"filter": {"bool": {"should": written}}, "weight": weight})
    if not names_accessory(parsed.text):
        # The last word names the kind of thing; when words may be missing, any of them may.
        naming = parsed.concepts if some_words else parsed.concepts[-1:]
        kinds = []
        for concept in naming:
            categories = [
                {"match": {"category": {"query": name, "operator": "and"}}}
                for name in (concept.text, *concept.synonyms)
            ]
            at_least_one = {"should": categories, "minimum_should_match": 1}
            kinds.append({"bool": {**at_least_one, "must_not": [is_accessory]}})
        weight = NAMED_KIND_OF_SOME if some_words else NAMED_KIND
        factors.append({"filter": {"bool": {"should": kinds}}, "weight": weight})
    return factors
