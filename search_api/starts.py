"""Whether what was typed starts a name, or words in it; case and accents apart.

The engine's word starts know no punctuation: to them 'd-li' starts 'Da-Lite' too.
"""

import functools
import re
import unicodedata

_PART = re.compile(r"\w+")
KEPT = 10_000  # the same brands and categories come again with every letter


def starts_name(name: str, typed: str) -> bool:
    """Whether the name itself starts so."""
    return _folded(name).startswith(_folded(typed))


def starts_words(name: str, typed: str) -> bool:
    """Whether every typed word starts some word of the name, in any order; 'usb-c' also starts 'USB C'."""
    words = _words(name)
    return all(_starts_some(words, _PART.findall(start)) for start in _folded(typed).split())


def _starts_some(words: tuple[str, ...], parts: list[str]) -> bool:
    """Whether the parts stand side by side among the words, of which the last may go on."""
    *whole, last = parts or [""]
    ends = range(len(whole), len(words))
    return any(words[end].startswith(last) and list(words[end - len(whole) : end]) == whole for end in ends)


@functools.lru_cache(KEPT)
def _words(name: str) -> tuple[str, ...]:
    return tuple(_PART.findall(_folded(name)))


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
