"""SKUs and model codes: which words are codes, and their form without punctuation and case.

Documents and queries are built with the same functions, because both must agree on what a code is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from language.amounts import find_amounts, is_amount
from language.normalisation import fold

MIN_CODE_LENGTH = 4  # shorter ones ("A4", "USB3", "5m") are words and sizes, not codes
MAX_CODE_LENGTH = 64
MAX_JOINED = 3  # neighbouring words that may be one code
MIN_JOINED_DIGITS = 3  # 'cat 6', 'ddr 4', 'rj 45' and 'usb 3.1' are kinds, which many products have
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
    return len(code) >= MIN_CODE_LENGTH and any(map(str.isdigit, code)) and not is_amount(fold(token))


def codes_in(name: str) -> set[str]:
    """Normalised model codes in a name; of 'HTS9800W/12' also the parts around the slash."""
    tokens = filter(_MAY_HAVE_DIGITS.search, name.translate(_BETWEEN_TOKENS).split())
    parts = {part for token in tokens for part in (token, *token.split("/"))}
    return {normalise_code(part) for part in parts if looks_like_code(part)}


@dataclass(frozen=True, slots=True)
class JoinedCode:
    """Neighbouring words, `start` to `end`, that may be one code: 'dv7 1211ea' -> 'dv71211ea'."""

    start: int
    end: int
    code: str
    whole: bool  # they are the whole query


def joined_codes(words: Sequence[str]) -> list[JoinedCode]:
    """Runs of neighbouring words that may be one code written with spaces.

    A joined code is another way to write its words: a document that has it has these words, and is
    worth no more for it than for the words. Only one that is the `whole` query may rank like a typed
    code. Amounts, words without any digit between them, and kinds ('cat 6') join to no code.
    """
    found = []
    for start in range(len(words)):
        for end in range(start + 2, min(start + MAX_JOINED, len(words)) + 1):
            run = words[start:end]
            code = normalise_code("".join(run))
            digits = sum(map(str.isdigit, code))
            if digits < MIN_JOINED_DIGITS or digits == len(code) or len(code) < MIN_CODE_LENGTH:
                continue
            if not any(find_amounts(fold(text)) for text in (*run, " ".join(run))):
                found.append(JoinedCode(start, end, code, whole=len(run) == len(words)))
    return found
