"""Which products match a text in PostgreSQL: by words in any grammatical form, and by codes.

An index of `products` answers each condition. Both indexes ignore accents; the one of codes ignores
punctuation too.
"""

import functools
import operator

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchVectorExact
from django.db.models import Q, QuerySet

from language.codes import MIN_CODE_LENGTH
from products import gtin
from products.models import CODE_CONFIG, CODE_VECTOR, SEARCH_CONFIG, SEARCH_VECTOR, Product
from search_api.query.parsing import JOINED, MAX_TERMS, Concept, Match, ParsedQuery


def matching_products(parsed: ParsedQuery) -> QuerySet[Product]:
    """The products with every concept in one of its forms, every phrase, and no minus word."""
    products = Product.objects.searchable()
    if parsed.nothing:
        return products.none()
    for phrase in parsed.phrases:
        products = products.filter(_has_words(SearchQuery(phrase, config=SEARCH_CONFIG, search_type="phrase")))
    for word in parsed.excluded:
        # A subquery can use the index; `NOT` would make PostgreSQL parse every other match.
        with_word = Product.objects.filter(_has_words(SearchQuery(word, config=SEARCH_CONFIG)))
        products = products.exclude(pk__in=with_word)
    # One query for all plain words: PostgreSQL drops stop words from it, but a query of nothing but
    # stop words matches no product.
    plain = [any_form(concept) for concept in parsed.concepts if not codes_of(concept)]
    concepts = _has_words(functools.reduce(operator.and_, plain)) if plain else Q()
    for concept in parsed.concepts:
        if codes := codes_of(concept):
            raw_query = " | ".join(f"{code}:*" if len(code) >= MIN_CODE_LENGTH else code for code in codes)
            gtins = functools.reduce(operator.or_, map(_has_gtin, codes))
            concepts &= _has_words(any_form(concept)) | _has_codes(raw_query) | gtins
    return products.filter(concepts)


def codes_of(concept: Concept) -> set[str]:
    """What the word is as a SKU or model code."""
    return {form.stems[0] for form in concept.forms if form.match in (Match.SKU, Match.CODE)}


def any_form(*concepts: Concept) -> SearchQueryCombinable:
    """The text of one of the concepts, or one of its synonyms."""
    texts = dict.fromkeys(concept.text for concept in concepts)
    texts |= dict.fromkeys(
        " ".join(form.stems)
        for concept in concepts
        for form in concept.forms
        if form.match is Match.WORDS and form.weight != JOINED
    )
    return functools.reduce(operator.or_, (SearchQuery(text, config=SEARCH_CONFIG) for text in texts))


def _has_gtin(digits: str) -> Q:
    """Whether it is one of the product's GTINs, with or without zeros in front."""
    forms = gtin.search_forms(digits)
    return Q(gtins__overlap=forms) if forms else Q(pk__in=[])


def has_prefixes(text: str) -> Q:
    """Whether every word of the text is the prefix of a word in the name or the SKU."""
    # Letters and digits alone: anything else may be an operator of a raw query.
    words = ("".join(c for c in word if c.isalnum()) for word in text.split()[:MAX_TERMS])
    prefixes = [f"{word}:*" for word in words if word]
    return _has_codes(" & ".join(prefixes)) if prefixes else Q(pk__in=[])


def _has_words(query: SearchQueryCombinable) -> Q:
    return Q(SearchVectorExact(SEARCH_VECTOR, query))


def _has_codes(raw_query: str) -> Q:
    return Q(SearchVectorExact(CODE_VECTOR, SearchQuery(raw_query, config=CODE_CONFIG, search_type="raw")))
