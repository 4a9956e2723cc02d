"""Words that people of the language use often, whether or not a catalogue has them."""

import functools
import math

from language.languages import current
from language.normalisation import fold

# On the Zipf scale, the base-10 logarithm of the uses in a billion words: of 2,545 real
# misspellings 1.3 % are as frequent. 'drone' has 4.0, 'airpods' 2.7.
LEAST = 2.5
# How people also write letters with marks, other than by leaving the marks out: 'kaese'.
_WITHOUT_UMLAUTS = {"de": str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue"})}


def frequency(word: str) -> float:
    """The Zipf frequency of a folded word; 0 for one below `LEAST`, and in languages without a list."""
    return _frequencies(current().code).get(word, 0.0)


def load() -> None:
    """Read the list of the shop's language, which takes half a second, before a search needs it."""
    _frequencies(current().code)


@functools.cache
def _frequencies(language: str) -> dict[str, float]:
    import wordfreq  # noqa: PLC0415 - it and what it imports take a tenth of the start of a command, which needs no list

    if language not in wordfreq.available_languages():
        return {}
    # Not through the library's own cache: that would keep all 300,000 words in memory.
    shares = wordfreq.get_frequency_dict.__wrapped__(language, "best")
    found: dict[str, float] = {}
    for word, share in shares.items():
        if (zipf := math.log10(share) + 9) >= LEAST:
            for written in {word, word.translate(_WITHOUT_UMLAUTS.get(language, {}))}:
                found[fold(written)] = max(zipf, found.get(fold(written), 0.0))
    return found
