"""SKUs and model codes: which words are codes, and their form without punctuation and case.

Documents and queries are built with the same functions, because both must agree on what a code is.
"""

import re

from language.measures import is_measure
from language.normalisation import fold

MIN_CODE_LENGTH = 4  # shorter ones ("A4", "USB3", "5m") are words and sizes, not codes
MAX_CODE_LENGTH = 64
_NOT_IN_CODES = re.compile(r"[^0-9a-z]+")
# Most words of a name are ASCII without digits: those are no codes, and need no further check.
_MAY_HAVE_DIGITS = re.compile(r"[^\x00-/:-\x7f]")
_BETWEEN_TOKENS = str.maketrans(",()", "   ")


def normalise_code(text: str) -> str:
    """Only letters and digits, in lower case, without accents: 'DV7-1211ea' -> 'dv71211ea'."""
    return _NOT_IN_CODES.sub("", fold(text))[:MAX_CODE_LENGTH]


def looks_like_code(token: str) -> bool:
    """Whether it has a digit, is long enough and is no measure."""
    code = normalise_code(token)
    return len(code) >= MIN_CODE_LENGTH and any(map(str.isdigit, code)) and not is_measure(token)


def codes_in(name: str) -> set[str]:
    """Normalised model codes in a name; of 'HTS9800W/12' also the parts around the slash."""
    tokens = filter(_MAY_HAVE_DIGITS.search, name.translate(_BETWEEN_TOKENS).split())
    parts = {part for token in tokens for part in (token, *token.split("/"))}
    return {normalise_code(part) for part in parts if looks_like_code(part)}
