"""The word bridge: terms of the catalogue that mean nearly the same as a word that it does not have.

For words that neither the catalogue nor the speller knows: 'kopfhörer' becomes 'headphones'. Without the model, or
before the terms are encoded, there is no bridge. Figures: docs/decisions/semantic-search.md.
"""

import functools
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import Error as DatabaseError

from foundation.expiring_cache import ExpiringValue
from language.normalisation import clean
from language.word_vectors import DIMENSIONS, word_model, word_model_version
from search_api.models import TermVectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_LETTERS = 4
MAX_BRIDGED = 3
# Of 75 foreign and colloquial words for things that a catalogue had, 66 have a term as near as this, 64 of them right;
# of 45 words for things that it had not, 10, most of them for something like it (a parasol for an umbrella).
MIN_COSINE = 0.70
SURE_COSINE = 0.90
# Of what a typed word counts: at MIN_COSINE, and from SURE_COSINE on.
MIN_WEIGHT, MAX_WEIGHT = 0.3, 0.5
MAX_AGE = 60.0  # s; newly encoded terms are used after this
CACHED_WORDS = 2_000


class Bridged(NamedTuple):
    term: str  # one or two words of the catalogue, in lower case
    weight: float


class _Terms:
    """The encoded terms, ready to be compared."""

    def __init__(self, terms: list[str], vectors: bytes) -> None:
        import numpy as np  # noqa: PLC0415 - comes with the model

        self._terms = terms
        matrix = np.frombuffer(vectors, dtype=np.int8).reshape(-1, DIMENSIONS).astype(np.float32)
        self._matrix: NDArray[np.float32] = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
        self._found: dict[str, tuple[Bridged, ...]] = {}

    def nearest(self, text: str) -> tuple[Bridged, ...]:
        if text not in self._found:
            if len(self._found) >= CACHED_WORDS:
                self._found.clear()
            self._found[text] = tuple(self._compare(text))
        return self._found[text]

    def _compare(self, text: str) -> list[Bridged]:
        import numpy as np  # noqa: PLC0415 - comes with the model

        vector = word_model().encode([text])[0].astype(np.float32)
        cosines = self._matrix @ (vector / np.linalg.norm(vector))
        bridged: list[Bridged] = []
        for at in np.argsort(-cosines, kind="stable"):
            term, cosine = self._terms[at], float(cosines[at])
            if cosine < MIN_COSINE or len(bridged) == MAX_BRIDGED:
                break
            # 'screen for' finds nothing that 'screen' does not.
            if not any(f" {chosen} " in f" {term} " for chosen, _ in bridged):
                share = min(1.0, (cosine - MIN_COSINE) / (SURE_COSINE - MIN_COSINE))
                bridged.append(Bridged(term, round(MIN_WEIGHT + share * (MAX_WEIGHT - MIN_WEIGHT), 2)))
        return bridged


def bridge(word: str) -> tuple[Bridged, ...]:
    """The nearest terms to a word, or two, that the catalogue does not have, nearest first; often none.

    As it was typed: without its accents it is another word. Codes and words with digits have none.
    """
    text = clean(word).lower()
    if len(text) < MIN_LETTERS or not all(part.isalpha() for part in text.split()):
        return ()
    terms = _current.get()
    return terms.nearest(text) if terms else ()


def _read() -> _Terms | None:
    version = word_model_version()
    if not version:
        return None
    made_at = TermVectors.objects.filter(pk=version).values_list("made_at", flat=True).first()
    return _made_at(version, made_at) if made_at else None


@functools.lru_cache(maxsize=1)
def _made_at(version: str, _made_at: datetime) -> _Terms | None:
    """Read only when they have changed: 10 MB in a large catalogue."""
    stored = TermVectors.objects.get(pk=version)
    return _Terms(stored.terms.splitlines(), bytes(stored.vectors)) if stored.terms else None


# A search needs nothing else from PostgreSQL: without it, it goes on with the earlier terms.
_current = ExpiringValue("the terms of the word bridge", _read, max_age=MAX_AGE, outages=(DatabaseError,))
forget = _current.forget
