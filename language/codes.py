"""SKUs and model codes, so that they are found with and without their punctuation, in any case.

The document build and the query builder share these functions: both sides must agree on what a code is.
"""

import re
import unicodedata

from language.measures import is_measure

MIN_CODE_LENGTH = 4  # shorter ones ("A4", "USB3", "5m") are words and sizes, not codes
MAX_CODE_LENGTH = 64
_NOT_IN_CODES = re.compile(r"[^0-9a-z]+")
# Most words of a name are ASCII with no digit in them; the rest of the question need not be asked of those.
_MAY_HAVE_DIGITS = re.compile(r"[^\x00-/:-\x7f]")
_BETWEEN_TOKENS = str.maketrans(",()", "   ")


def normalise_code(text: str) -> str:
    """Letters and digits alone, in lower case, without accents: 'DV7-1211ea', 'dv7 1211EA' -> 'dv71211ea'."""
    folded = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return _NOT_IN_CODES.sub("", folded.lower())[:MAX_CODE_LENGTH]


def looks_like_code(token: str) -> bool:
    """A digit in it, long enough, and not merely a measure. Only such tokens are searched for as codes."""
    code = normalise_code(token)
    return len(code) >= MIN_CODE_LENGTH and any(map(str.isdigit, code)) and not is_measure(token)


def codes_in(name: str) -> set[str]:
    """The model codes that a product's name mentions; of 'HTS9800W/12' both the whole and the part before the slash."""
    tokens = filter(_MAY_HAVE_DIGITS.search, name.translate(_BETWEEN_TOKENS).split())
    parts = {part for token in tokens for part in (token, *token.split("/"))}
    return {normalise_code(part) for part in parts if looks_like_code(part)}
