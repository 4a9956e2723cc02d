"""Which products match a text in PostgreSQL, by the terms that `indexing.stored_terms` stores for each product.

Terms and query are made by the same functions as the engine's, so that a word finds here what it finds there.
"""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchRank
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Ln

from indexing.models import ProductTerms
from indexing.stored_terms import CODE, PAIR, SKU, WRITTEN, quoted
from language.codes import MIN_CODE_LENGTH, normalise_code
from language.terms import words
from products.models import Product
from search_api.query.parsing import MAX_TERMS, Concept, Form, Match, ParsedQuery

VECTOR = "terms__vector"
_MARKS = {Match.PAIR: PAIR, Match.SKU: SKU, Match.CODE: CODE, Match.CODE_PREFIX: CODE, Match.JOINED_CODE: CODE}
# What a word counts in description and attributes, category, brand and name.
_WEIGHTS = (0.02, 0.4, 0.2, 1.0)


class _Query(Func):
    """A text of quoted terms and operators, as a tsquery."""

    template = "%(expressions)s::tsquery"


class _Has(Func):
    arg_joiner = " @@ "
    template = "%(expressions)s"
    output_field = BooleanField()


def has(query: str, vector: str = VECTOR) -> _Has:
    """Whether a product's terms satisfy the text of a tsquery."""
    return _Has(F(vector), _Query(Value(query)))


def matching_products(parsed: ParsedQuery) -> QuerySet[Product]:
    """The products with every concept in one of its forms, every phrase, and no minus word."""
    products = Product.objects.searchable()
    if parsed.nothing:
        return products.none()
    wanted = [any_form(concept) for concept in parsed.concepts]
    wanted += [_phrase(phrase.split(" "), "<->") for phrase in parsed.phrases]
    if wanted:
        products = products.filter(has(" & ".join(wanted)))
    if parsed.excluded:
        # A subquery can use the index, and keeps products whose terms are not stored yet.
        unwanted = " | ".join(_phrase(words.split(" "), "<->") for words in parsed.excluded)
        products = products.exclude(pk__in=ProductTerms.objects.filter(has(unwanted, "vector")).values("pk"))
    return products


def any_form(concept: Concept) -> str:
    """The text of a tsquery for one of the forms."""
    return f"({' | '.join(dict.fromkeys(_form(form) for form in concept.forms))})"


def rank(parsed: ParsedQuery) -> CombinedExpression:
    """How well name, brand and category match; short names first among equals."""
    query = _Query(Value(" | ".join(map(any_form, parsed.concepts))))
    return SearchRank(F(VECTOR), query, weights=list(_WEIGHTS)) / (Ln(F("terms__name_length") + 1.0) + 1.0)


def is_sku(codes: Iterable[str]) -> _Has:
    return has(" | ".join(quoted(code, mark=SKU) for code in codes))


def has_prefixes(text: str) -> Q:
    """Whether every word of the text is the prefix of a word in the name, or of a code."""
    found = []
    for token in text.split()[:MAX_TERMS]:
        if written := " & ".join(quoted(word, mark=WRITTEN) for word in words(token)):
            # Without Latin letters and digits no code is left of it, and '' is the prefix of all.
            code = normalise_code(token)
            found.append(f"(({written}:*) | {quoted(code, mark=CODE)}:*)" if code else f"({written}:*)")
    return Q(has(" & ".join(found))) if found else Q(pk__in=[])


def _form(form: Form) -> str:
    if form.match is Match.WORDS:
        return _phrase(form.stems, "&")
    if form.match is Match.WORD_START:
        return f"{quoted(form.stems[0], mark=WRITTEN)}:*"
    term = quoted(form.stems[0], mark=_MARKS[form.match])
    is_prefix = form.match is Match.CODE_PREFIX and len(form.stems[0]) >= MIN_CODE_LENGTH
    return f"{term}:*" if is_prefix else term


def _phrase(stems: Iterable[str], operator: str) -> str:
    return f"({f' {operator} '.join(map(quoted, stems))})"
