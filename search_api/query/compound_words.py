"""The compounds of the catalogue, cached in the process, for languages that have them."""

import functools
from collections import Counter

from django.db import InterfaceError, OperationalError, connection

from foundation.expiring_cache import ExpiringValue
from language.compounds import SHORTEST_PART, Compounds
from language.languages import Language
from language.languages import current as current_language
from language.terms import shared_stems, stems
from products.models import Product

# A new catalogue has its compounds soon, and reading a large one, which takes a second for 50,000 products, is rare.
MAX_AGE, READS = 10.0, 100.0
MAX_WORDS = 200_000
MAX_NAMES = 20_000  # that are read while the terms of no product are stored
# The terms of names, brands and categories, the most frequent first.
_READ = """
    SELECT word FROM ts_stat('SELECT vector FROM indexing_productterms', 'abc')
    WHERE length(word) >= %s ORDER BY ndoc DESC, word LIMIT %s
"""


def current() -> Compounds | None:
    """None in a language without compounds."""
    return _compounds.get() if current_language().compounds else None


def forget() -> None:
    _compounds.forget()


def _read() -> Compounds:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [SHORTEST_PART - 1, MAX_WORDS])
        words = tuple(word for (word,) in cursor.fetchall())
    return _made(words or _words_of_names(), current_language())


@functools.lru_cache(maxsize=1)
def _made(words: tuple[str, ...], language: Language) -> Compounds:
    """The same object for the same words, since texts that were parsed with another one are parsed again."""
    return Compounds(words, language.stem)


def _words_of_names() -> tuple[str, ...]:
    """The same terms, made here: a worker stores them, and a shop may be searched before one has started."""
    found: Counter[str] = Counter()
    products = Product.objects.searchable().order_by("-popularity", "pk")[:MAX_NAMES]
    for name, brand, path in products.values_list("name", "brand", "category__path").iterator():
        found.update({*stems(name), *shared_stems(brand), *shared_stems(path or "")})
    frequent = sorted((word for word in found if len(word) >= SHORTEST_PART - 1), key=lambda word: (-found[word], word))
    return tuple(frequent[:MAX_WORDS])


_compounds = ExpiringValue(
    "the compounds", _read, max_age=MAX_AGE, reads=READS, outages=(InterfaceError, OperationalError)
)
