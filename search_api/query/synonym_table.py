"""The active synonyms, cached in the process.

One request to Redis in a second finds out whether they were edited.
"""

import dataclasses

from django.core.cache import cache
from django.db import InterfaceError, OperationalError

from foundation.expiring_cache import ExpiringValue
from language.synonyms import SynonymTable, build_table
from search_api.models import Synonym

GENERATION_KEY = "search-synonyms-generation"
CHECK_EVERY = 1.0  # s; an edit made by another process takes effect after this
MAX_AGE = 60.0  # s; an edit that sends no signal (raw SQL, Redis unavailable) takes effect after this


@dataclasses.dataclass(frozen=True, slots=True)
class _Synonyms:
    table: SynonymTable
    generation: str | None


def _read() -> _Synonyms:
    generation = _generation.get()  # first: an edit during the read then makes this table an outdated one
    return _Synonyms(build_table(Synonym.objects.filter(active=True).values_list("rule", flat=True)), generation)


_generation: ExpiringValue[str | None] = ExpiringValue(
    "the generation of the synonyms", lambda: cache.get(GENERATION_KEY), max_age=CHECK_EVERY
)
# A search that the engine answers needs nothing else from PostgreSQL: it goes on with the earlier
# table.
_synonyms = ExpiringValue("the synonyms", _read, max_age=MAX_AGE, outages=(InterfaceError, OperationalError))


def current() -> SynonymTable:
    return _current().table


def generation() -> str | None:
    """Another value after every edit."""
    return _current().generation


def forget() -> None:
    _generation.forget()
    _synonyms.forget()


def _current() -> _Synonyms:
    synonyms = _synonyms.get()
    if synonyms.generation == _generation.get():
        return synonyms
    _synonyms.forget()
    return _synonyms.get()
