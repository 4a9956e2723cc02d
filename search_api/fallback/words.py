"""Which products words find in PostgreSQL: every condition is answered by an index of `products`.

Words count in any of their forms, by full text; codes with and without their punctuation, whole or by their start.
"""

import functools
import operator
from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchVectorExact
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower

from language.codes import MIN_CODE_LENGTH
from products.models import CODE_VECTOR, SEARCH_VECTOR, Product
from search_api.query.parsing import Concept, ParsedQuery

CONFIG = "english"
MIN_FUZZY_LENGTH = 4  # characters; shorter words have too few trigrams to tell them apart


def limited(products: QuerySet[Product], parsed: ParsedQuery) -> QuerySet[Product]:
    """Those with the quoted phrases and without the minus words."""
    for phrase in parsed.phrases:
        products = products.filter(_holds(SearchQuery(phrase, config=CONFIG, search_type="phrase")))
    for word in parsed.excluded:
        products = products.exclude(_holds(SearchQuery(word, config=CONFIG)))
    return products


def has_all(parsed: ParsedQuery) -> Q:
    """Every concept in one of its forms. Plain words are one query: it leaves out those that PostgreSQL indexes not."""
    plain = [concept for concept in parsed.concepts if not concept.sku and not concept.code]
    coded = [concept for concept in parsed.concepts if concept.sku or concept.code]
    parts = [_holds(functools.reduce(operator.and_, map(_any_form, plain)))] if plain else []
    every = functools.reduce(operator.and_, [*parts, *map(_word_or_code, coded)])
    return every | _holds_code(parsed.joined_codes) if parsed.joined_codes else every


def has_some(parsed: ParsedQuery) -> Q:
    """At least one of the concepts."""
    return functools.reduce(operator.or_, map(_word_or_code, parsed.concepts))


def has_nearly_all(parsed: ParsedQuery) -> Q:
    """Every concept, or a word that is spelt like it."""
    return functools.reduce(operator.and_, map(_nearly, parsed.concepts))


def any_word(parsed: ParsedQuery) -> SearchQueryCombinable:
    """Any concept in any form, for ranking."""
    return functools.reduce(operator.or_, map(_any_form, parsed.concepts))


def is_sku(parsed: ParsedQuery) -> Q:
    """Whether the text is the very SKU, as it is written or without its punctuation."""
    codes = {concept.sku for concept in parsed.concepts} | set(parsed.joined_codes)
    return Q(sku__iexact=parsed.text) | Q(bare_sku__in=codes - {""})


def bare_sku() -> Func:
    """The SKU as codes are typed."""
    found, replacement, everywhere = Value("[^0-9a-z]+"), Value(""), Value("g")
    return Func(Lower("sku"), found, replacement, everywhere, function="regexp_replace", output_field=TextField())


def starts_words(text: str) -> Q:
    """Every typed word starts some word of the name, or of the SKU."""
    starts = [start for word in text.split() if (start := _bare(word))]
    return _holds_code(starts, joined_by=" & ") if starts else Q(pk__in=[])


def _nearly(concept: Concept) -> Q:
    found = _word_or_code(concept)
    if len(concept.text) < MIN_FUZZY_LENGTH or concept.code:
        return found
    return found | Q(name__trigram_word_similar=concept.text)


def _word_or_code(concept: Concept) -> Q:
    word = _holds(_any_form(concept))
    code = concept.code or concept.sku
    return word | _holds_code([code], starts=len(code) >= MIN_CODE_LENGTH) if code else word


def _any_form(concept: Concept) -> SearchQueryCombinable:
    forms = (SearchQuery(text, config=CONFIG) for text in (concept.text, *concept.synonyms))
    return functools.reduce(operator.or_, forms)


def _holds(query: SearchQueryCombinable) -> Q:
    return Q(SearchVectorExact(SEARCH_VECTOR, query))


def _holds_code(codes: Iterable[str], *, joined_by: str = " | ", starts: bool = True) -> Q:
    """A word of SKU or name, bare of punctuation, that is or starts with the codes."""
    wanted = joined_by.join(f"{code}:*" if starts else code for code in codes)
    return Q(SearchVectorExact(CODE_VECTOR, SearchQuery(wanted, config="simple", search_type="raw")))


def _bare(word: str) -> str:
    """Letters and digits alone: nothing in it is an operator of PostgreSQL's text search."""
    return "".join(c for c in word.lower() if c.isalnum())
