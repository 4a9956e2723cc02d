"""One form for text that people write in several: encoding, accents, case.

`clean` is for typed text, `fold` for comparing words, `base_letters` for marking parts of them.
"""

import functools
import unicodedata

MAX_CACHED_LETTERS = 4_096  # more than the letters of all alphabets in use
_QUOTES = str.maketrans("“”„«»″", '"' * 6)


def clean(text: str) -> str:
    """NFKC with plain quotes, without control characters and runs of spaces."""
    if text.isascii() and text.isprintable():  # of most texts there is one form only
        return " ".join(text.split())
    normal = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    return " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in normal).split())


def fold(text: str) -> str:
    """Lower case without accents, as the analysers fold it: 'Café' -> 'cafe'."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def base_letters(text: str) -> str:
    """`fold`, but with one letter for each character: positions are those of the text."""
    return text.lower() if text.isascii() else "".join(map(_base_letter, text))


@functools.lru_cache(MAX_CACHED_LETTERS)
def _base_letter(character: str) -> str:
    return (unicodedata.normalize("NFKD", character)[:1] or character).lower()[:1]
