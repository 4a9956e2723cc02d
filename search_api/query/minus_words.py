"""Which words with a minus exclude what they name, and which merely are written so in a name."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"\S+")
_MINUS_WORD = re.compile(r"-[^\W\d_]\S*")


def exclusions(text: str) -> list[tuple[int, int]]:
    """Where the excluding words of a typed text are, with their minus; `text` in the case typed.

    A word excludes when it starts with a minus and a letter, and only such words stand before it or
    only such words stand after it: 'laptop -bag -case' excludes two words. In pasted names the minus
    is a dash: '... Kit -Body only', 'Gel -18 °C', and 'Varta -V386' exclude nothing, nor does a
    capitalised word of a text with capitals as names have them: 'Orion Camera Kit -Body'.

    >>> exclusions("laptop -bag"), exclusions("Orion Camera Kit -Body only")
    ([(7, 11)], [])
    """
    words = list(_WORD.finditer(text))
    are_minus = [bool(_MINUS_WORD.fullmatch(word[0])) and not any(map(str.isdigit, word[0])) for word in words]
    if True not in are_minus:
        return []
    before = are_minus.index(False) if False in are_minus else len(words)
    after = len(words) - (are_minus[::-1].index(False) if False in are_minus else 0)
    excluding = [*words[:before], *words[max(after, before) :]]
    if _is_title([word[0] for word in words[before:after]]):
        excluding = [word for word in excluding if not word[0][1].isupper()]
    return [word.span() for word in excluding]


def _is_title(words: Sequence[str]) -> bool:
    """Whether other words than the first, which phones capitalise, have capitals."""
    return any(word[:1].isupper() for word in words[1:])
