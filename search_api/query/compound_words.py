"""The compounds of the catalogue, cached in the process, for languages that have them."""

from django.db import InterfaceError, OperationalError, connection

from foundation.expiring_cache import ExpiringValue
from language.compounds import SHORTEST_PART, Compounds
from language.languages import current as current_language

MAX_AGE = 600.0  # s; reading 50,000 products takes about one
MAX_WORDS = 200_000
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
        return Compounds([word for (word,) in cursor.fetchall()], current_language().stem)


_compounds = ExpiringValue("the compounds", _read, max_age=MAX_AGE, outages=(InterfaceError, OperationalError))
