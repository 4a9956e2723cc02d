"""The terms of the catalogue and their vectors, kept in PostgreSQL, for the word bridge.

A term is a word, or two neighbouring words, that several names or categories have. A background task encodes new terms
in steps, most frequent first; terms that stay are not encoded again.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from time import monotonic

from django.utils import timezone

from foundation.advisory_locks import try_lock
from indexing import generation
from language import languages
from language.normalisation import clean, fold
from language.word_vectors import DIMENSIONS, word_model, word_model_version
from products.models import Product
from products.paths import own_name
from search_api.models import TermVectors

MIN_NAMES = 3  # that have a term: others are typing errors, codes and names
MAX_TERMS = 20_000  # the most frequent: 10 MB
MAX_PRODUCTS = 200_000  # whose names are read, the most popular
MIN_PAIR_LETTERS = 3  # of each word of a pair
STEP = 64  # terms encoded at once
LONGEST_RUN = 15.0  # s; the next task continues
LOCK = 0x1DE8  # advisory lock of this database: one process at a time encodes
OUTDATED = timedelta(hours=1)  # for a catalogue that changes all the time
GROWN = 0.05  # of the products: a catalogue that was just imported does not wait for that hour
_WORD = re.compile(r"[^\W_]+")


def refresh(longest: float = LONGEST_RUN) -> int:
    """Bring the terms and their vectors up to date, for at most about `longest` seconds; how many were encoded."""
    version = word_model_version()
    if not version:
        return 0
    with try_lock(LOCK) as acquired:
        stored = TermVectors.objects.filter(pk=version).first()
        products, current = Product.objects.searchable().count(), generation.read() or ""
        if not acquired or (stored and not _is_due(stored, products, current)):
            return 0
        return _encode(stored, TermVectors(model=version, products=products, generation=current), monotonic() + longest)


def _is_due(stored: TermVectors, products: int, current_generation: str) -> bool:
    if not stored.complete or abs(products - stored.products) > GROWN * stored.products:
        return True
    return stored.generation != current_generation and timezone.now() - stored.made_at > OUTDATED


def _encode(stored: TermVectors | None, new: TermVectors, end: float) -> int:
    known = vectors_by_term(stored) if stored else {}
    wanted = most_frequent_terms()
    missing = [term for term in wanted if term not in known]
    encoded = 0
    while encoded < len(missing) and monotonic() < end:
        step = missing[encoded : encoded + STEP]
        known.update(zip(step, (row.tobytes() for row in word_model().encode(step)), strict=True))
        encoded += len(step)
    kept = [term for term in wanted if term in known]
    new.terms, new.vectors = "\n".join(kept), b"".join(known[term] for term in kept)
    new.complete, new.made_at = len(kept) == len(wanted), timezone.now()
    new.save()
    return encoded


def vectors_by_term(stored: TermVectors) -> dict[str, bytes]:
    vectors = bytes(stored.vectors)
    starts = range(0, len(vectors), DIMENSIONS)
    return {term: vectors[at : at + DIMENSIONS] for term, at in zip(stored.terms.splitlines(), starts, strict=True)}


def most_frequent_terms() -> list[str]:
    """As they are written, in lower case: the model knows accents. The most frequent first."""
    found: Counter[str] = Counter()
    products = Product.objects.searchable().order_by("-popularity", "pk")[:MAX_PRODUCTS]
    for name, path in products.values_list("name", "category__path").iterator():
        found.update({*_terms(name), *_terms(own_name(path or ""))})
    frequent = [term for term, names in found.items() if names >= MIN_NAMES]
    return sorted(frequent, key=lambda term: (-found[term], term))[:MAX_TERMS]


def _terms(text: str) -> Iterator[str]:
    stop_words = languages.current().stop_words
    words = [match[0] for match in _WORD.finditer(clean(text).lower())]
    # A code between two words parts them.
    named = [word if word.isalpha() and fold(word) not in stop_words else "" for word in words]
    yield from (word for word in named if len(word) > 1)
    for first, second in pairwise(named):
        if min(len(first), len(second)) >= MIN_PAIR_LETTERS and first != second:
            yield f"{first} {second}"
