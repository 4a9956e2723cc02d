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
MAX_JOINED = 5  # neighbouring words that may be one code: 'A 204 421 09 81'
MAX_JOINED_WORDS = 3  # when a longer word is among them
MIN_JOINED_DIGITS = 3  # 'cat 6', 'ddr 4', 'rj 45' and 'usb 3.1' are kinds, which many products have
MIN_DIGITS_ALONE = 8  # of a code without letters: '34 11 6 794 300', but 'Nokia 6.1 2018'
_NOT_IN_CODES = re.compile(r"[^0-9a-z]+")
# Most words of a name are ASCII without digits: those are no codes, and need no further check.
_MAY_HAVE_DIGITS = re.compile(r"[^\x00-/:-\x7f]")
_BETWEEN_TOKENS = str.maketrans(",()", "   ")
# Words of a code with spaces: each has a digit, or at most two letters, the first one up to four: 'RAL 9010'.
_PART = r"[a-z]{0,9}\d[0-9a-z]{0,12}|[a-z]{1,2}"
_SPACED = re.compile(rf"(?<![^\W_])(?:{_PART}|[a-z]{{3,4}})(?:(?: |-|\.)(?:{_PART})(?![^\W_]))+")
_SEPARATOR = re.compile("[ .-]")
_DESIGNATION = re.compile(r"[a-z]{1,4}\d{1,4}")
_MIXED = re.compile(r"[a-z]+\d|\d+[a-z]")
_LETTER_OF_CODE = re.compile(r"\d+ ?[a-z]")  # '301 G' at the end of '5Q0 615 301 G' is no weight


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


def spaced_codes(text: str) -> set[str]:
    """What may be typed as one word for the codes and designations in a text that are written with spaces.

    '5q0615301g' of 'OE 5Q0 615 301 G', 'ral9010' of 'RAL 9010', 'ip67' of 'IP 67'. Where a code begins is unknown, so
    every run of up to `MAX_JOINED` of these words is taken for one. Runs that are no code do no harm, as nobody
    types them.
    """
    folded = fold(text)
    if not _SPACED.search(folded):
        return set()
    found = set()
    for match in _SPACED.finditer(_without_amounts(folded)):
        parts = _SEPARATOR.split(match.group())
        for start in range(len(parts) - 1):
            for end in range(start + 2, min(start + MAX_JOINED, len(parts)) + 1):
                code = "".join(parts[start:end])
                if _is_code(code, end - start) or (end == start + 2 and _DESIGNATION.fullmatch(code)):
                    found.add(code)
    return found


def _without_amounts(folded: str) -> str:
    """The text with commas in the place of its amounts, but for what is the end of a code."""
    for amount in find_amounts(folded):
        written = folded[amount.start : amount.end]
        before = folded[: amount.start].split(" ")[-4:]
        if not (_LETTER_OF_CODE.fullmatch(written) and any(map(_MIXED.search, before))):
            folded = folded[: amount.start] + "," * len(written) + folded[amount.end :]
    return folded


@dataclass(frozen=True, slots=True)
class JoinedCode:
    """Neighbouring words, `start` to `end`, that may be one code: 'dv7 1211ea' -> 'dv71211ea'."""

    start: int
    end: int
    code: str
    whole: bool  # they are the whole query
    is_spaced: bool = False  # no longer word is among them: documents may have them in other parts, or as one word


def joined_codes(words: Sequence[str]) -> list[JoinedCode]:
    """Runs of neighbouring words that may be one code written with spaces.

    A joined code is another way to write its words: a document that has it has these words, and is
    worth no more for it than for the words. Only one that is the `whole` query may rank like a typed
    code. Amounts, words without any digit between them, and kinds ('cat 6') join to no code.
    """
    found = []
    for start in range(len(words)):
        for end in range(start + 2, min(start + MAX_JOINED, len(words)) + 1):
            run = fold(" ".join(words[start:end]))
            code = normalise_code(run)
            is_spaced = bool(_SPACED.fullmatch(run))
            may_be_code = is_spaced or end - start <= MAX_JOINED_WORDS
            if may_be_code and _is_code(code, end - start) and _without_amounts(run) == run:
                found.append(JoinedCode(start, end, code, whole=end - start == len(words), is_spaced=is_spaced))
    return found


def _is_code(code: str, words: int) -> bool:
    """Whether so many words are one code, or a list: '2 500 750', 'Nokia 6.1 2018'."""
    digits = sum(map(str.isdigit, code))
    if digits == len(code):
        return digits >= MIN_DIGITS_ALONE and words > 2  # noqa: PLR2004 - two numbers side by side are a list too
    return digits >= MIN_JOINED_DIGITS and len(code) >= MIN_CODE_LENGTH
