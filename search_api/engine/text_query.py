"""The text part of a request, built by pure functions.

Text that a shopper typed is only ever the value of `combined_fields`, `match`, `match_phrase`,
`multi_match`, `prefix`, `term` or `terms`, and `parsing.MAX_TERMS` limits what it may cost. What a
match counts is here, each weight with its reason. What a form of a word counts is in
`query/parsing.py` and `query/bridge.py`, and what meaning adds in `dense.py`. Weights are round,
because a finer setting would fit one catalogue only.
"""

from collections.abc import Sequence
from typing import Any

from products.attribute_values import value_key
from search_api.query.named_values import Kind, Named
from search_api.query.parsing import Concept, Form, Match, ParsedQuery

Clause = dict[str, Any]

# One BM25F score over all fields: one word may be in the name and the next in the brand. The name
# says most.
FIELDS = ("name_terms^3", "brand_terms^2", "category_terms", "description_terms", "value_terms")
PHRASE_FIELDS = ("name_terms", "brand_terms", "category_terms", "description_terms", "value_terms")
# Products with every word come before all others. Factors, and not sums: a sum would leave too few
# digits of a score for the order among them.
EVERY_WORD = 1e6
# A product comes first when its whole name was typed, sold out or not.
WHOLE_NAME = 1e3
# Words that stand side by side in the query and in the name count again, a part of their weight.
NEIGHBOURS = 0.3
# An exact SKU is what the shopper meant; then come model codes, then prefixes of codes.
# One that was typed as several words is worth about what the words are.
# So is an attribute's value that a number and a label name. One that a word stands for, 'dimmable' or '2016', counts as
# little as other words of attributes.
CODE_SCORES = {
    Match.SKU: 1000.0,
    Match.CODE: 100.0,
    Match.CODE_PREFIX: 20.0,
    Match.JOINED_CODE: 10.0,
    Match.VALUE: 10.0,
    Match.VALUE_AS_WORD: 1.0,
}
# Of the products that mention a code, the one whose name says least else comes first: the others
# replace it or go with it.
CODE_TIE = 0.1
# These decide between near equals. The word in the form that was typed, 'speakers', before
# 'speaker'. A thing of the kind that the query names, and one that only goes with it: for 'laptop', a
# laptop and 'bag for laptop'. A product that is sold out.
EXACT_FORM = 1.2
# Of products that all have the only word, its form says more; but another form beats a synonym.
OTHER_FORM_OF_ONLY_WORD = 0.6
NAMED_KIND, OTHER_KIND = 1.3, 0.8
UNAVAILABLE = 0.7
# A product with the brand or attribute value that words of the query name, before one that only
# mentions the words: a camera by Canon before a bag for one. Not for categories: below 'Computers'
# everything would come before what is called a computer.
NAMED_VALUE = 1.2
# Per power of ten of units sold.
POPULARITY = 0.05
# Fields of terms that only filters use: all terms of a product, and the written forms.
EVERY_TERM, WRITTEN, PAIRS, KIND = "terms", "written", "pairs", "kind"
_FIELDS = {
    Match.WORDS: EVERY_TERM,
    Match.PAIR: PAIRS,
    Match.SKU: "sku_code",
    Match.CODE: "codes",
    Match.JOINED_CODE: "codes",
    Match.VALUE: "attribute_terms",
    Match.VALUE_AS_WORD: "attribute_terms",
}


def text_query(parsed: ParsedQuery, *, unavailable: Clause) -> Clause:
    """The scored query for products with any of the words; `unavailable` is the filter for those that are sold out.

    A hit reports the places of the words that it has, when there are several.
    """
    words = has_every_word(parsed)
    factors: list[Clause] = [{"filter": unavailable, "weight": UNAVAILABLE}]
    if words:
        # A product that matches has the only word.
        every_word: Clause = {"filter": {"bool": {"filter": named_words(words)}}} if len(words) > 1 else {}
        factors += [
            {**every_word, "weight": EVERY_WORD},
            {"filter": {"term": {"whole_name": parsed.name}}, "weight": WHOLE_NAME},
            *_forms_as_typed(parsed),
            *_kind(parsed),
            # A category that words name is the kind of thing, which has its own factors.
            *(_named(one) for one in parsed.named if one.values[0].kind is not Kind.CATEGORY),
        ]
    sold = {"field": "popularity", "modifier": "log1p", "missing": 0}
    popularity = {"field_value_factor": sold, "weight": POPULARITY}
    query = _scaled(_share(parsed, words), factors, "multiply")
    return _scaled(query, [{"weight": 1}, popularity], "sum")


def in_two_parts(parsed: ParsedQuery) -> Clause:
    """The same products, with a score of 1 for those with every word and 0 for the others."""
    words = has_every_word(parsed)
    every_word: Clause = {"constant_score": {"filter": {"bool": {"filter": words}}}}
    return {"bool": {"filter": [_matching(parsed)], "should": [every_word, *named_words(words)]}}


def has_every_word(parsed: ParsedQuery) -> list[Clause]:
    """Filters that a product with every word passes."""
    return [has_word(concept) for concept in parsed.concepts]


def all_words(parsed: ParsedQuery) -> list[Clause]:
    """Filters for the products with every word, with the phrases and without the excluded words."""
    words = has_every_word(parsed)
    return [_matching(parsed), *words] if parsed.phrases or parsed.excluded or not words else words


def has_some_word(parsed: ParsedQuery) -> Clause:
    """The filter that the hits of `text_query` pass."""
    if parsed.phrases or parsed.excluded or not parsed.concepts:
        return _matching(parsed)
    return {"bool": {"should": has_every_word(parsed)}}  # takes a fraction of the time, without scores


def named_words(words: Sequence[Clause]) -> list[Clause]:
    """The filters for several words, with names by which a hit reports those that it passes."""
    if len(words) <= 1:
        return []
    return [{"bool": {"filter": [word], "_name": str(place)}} for place, word in enumerate(words)]


def unnamed(query: Any) -> Any:
    """The query without those names, for hits that nobody sees."""
    if isinstance(query, dict):
        return {key: unnamed(value) for key, value in query.items() if key != "_name"}
    return [unnamed(each) for each in query] if isinstance(query, list) else query


def has_word(concept: Concept) -> Clause:
    """The filter for products with the word in one of its forms."""
    filters = [_filter(form) for form in concept.forms]
    return filters[0] if len(filters) == 1 else {"bool": {"should": filters}}


def _scaled(query: Clause, functions: list[Clause], mode: str) -> Clause:
    """The query's scores times the product (mode `multiply`) or the sum of the functions."""
    combined = {"functions": functions, "score_mode": mode, "boost_mode": "multiply"}
    return {"function_score": {"query": query, **combined}}


def has_share(words: int) -> bool:
    """Whether a score is multiplied by the share of so many words that the product has.

    Of two words that is the same for all products that lack one, and the others come first anyway.
    """
    return words > 2  # noqa: PLR2004 - see above


def _share(parsed: ParsedQuery, words: Sequence[Clause]) -> Clause:
    """The score of the words that a product has, times their share of all words."""
    if not has_share(len(words)):
        return _matching(parsed)
    shares = [{"filter": word, "weight": 1 / len(words)} for word in words]
    return _scaled(_matching(parsed), shares, "sum")


def _matching(parsed: ParsedQuery) -> Clause:
    if parsed.nothing:
        return {"match_none": {}}
    fields = list(PHRASE_FIELDS)
    must: list[Clause] = [
        {"multi_match": {"query": phrase, "fields": fields, "type": "phrase"}} for phrase in parsed.phrases
    ]
    if parsed.concepts:
        words = map(_word, parsed.concepts)
        must.append({"bool": {"should": [*words, *_neighbours(parsed)], "minimum_should_match": 1}})
    return {"bool": {"must": must or [{"match_all": {}}], "must_not": [_words(text) for text in parsed.excluded]}}


def _words(text: str, *, boost: float = 1.0) -> Clause:
    """All words of the text, each in any field."""
    combined = {"query": text, "fields": list(FIELDS), "operator": "and", "boost": boost}
    return {"combined_fields": combined}


def _word(concept: Concept) -> Clause:
    """The word in any field and any of its forms; the best form counts."""
    best: Clause = {"queries": [_scored(form) for form in concept.forms]}
    if concept.is_code:
        best["tie_breaker"] = CODE_TIE
    return {"dis_max": best}


def _scored(form: Form) -> Clause:
    if form.match is Match.WORDS:
        return _words(" ".join(form.stems), boost=form.weight)
    if form.match is Match.PAIR:
        return {"match": {PAIRS: {"query": form.stems[0], "boost": form.weight}}}
    if form.match is Match.WORD_START:
        return _filter(form)
    return {"constant_score": {"filter": _filter(form), "boost": CODE_SCORES[form.match]}}


def _filter(form: Form) -> Clause:
    value = form.stems[0]
    if form.match is Match.WORDS and len(form.stems) > 1:
        return {"bool": {"filter": [{"term": {EVERY_TERM: stem}} for stem in form.stems]}}
    if form.match is Match.CODE_PREFIX:
        return {"prefix": {"codes": value}}
    if form.match is Match.WORD_START:
        return {"match": {"name_words": {"query": value, "fuzziness": "AUTO", "prefix_length": 1}}}
    return {"term": {_FIELDS[form.match]: value}}


def _neighbours(parsed: ParsedQuery) -> list[Clause]:
    """Pairs of words that stand side by side in the query, for names in which they do as well."""
    clauses: list[Clause] = []
    for first, second in zip(parsed.concepts, parsed.concepts[1:], strict=False):
        pair = f"{' '.join(first.forms[0].stems)} {' '.join(second.forms[0].stems)}"
        clauses.append({"match_phrase": {"name_terms": {"query": pair, "boost": NEIGHBOURS}}})
    return clauses


def _forms_as_typed(parsed: ParsedQuery) -> list[Clause]:
    as_typed: list[Clause] = [{"term": {WRITTEN: one.written}} for one in parsed.concepts]
    factors: list[Clause] = [{"filter": filter_, "weight": EXACT_FORM} for filter_ in as_typed]
    if len(parsed.concepts) == 1:
        in_name: Clause = {"term": {"name_terms": parsed.concepts[0].forms[0].stems[-1]}}
        other_form: Clause = {"bool": {"filter": [in_name], "must_not": as_typed}}
        factors.append({"filter": other_form, "weight": OTHER_FORM_OF_ONLY_WORD})
    return factors


def _named(named: Named) -> Clause:
    match named.values[0].kind:
        case Kind.BRAND:
            terms: Clause = {"brand_key": [value_key(value.value) for value in named.values]}
        case Kind.ATTRIBUTE:
            terms = {"attribute_terms": [value.term for value in named.values]}
    return {"filter": {"terms": terms}, "weight": NAMED_VALUE}


def _kind(parsed: ParsedQuery) -> list[Clause]:
    if parsed.head is None:
        return []
    names = parsed.concepts[parsed.head].names
    of_kind: Clause = {"terms": {KIND: names}}
    goes_with_it: Clause = {"bool": {"filter": [{"terms": {"name_terms": names}}], "must_not": [of_kind]}}
    return [{"filter": of_kind, "weight": NAMED_KIND}, {"filter": goes_with_it, "weight": OTHER_KIND}]
