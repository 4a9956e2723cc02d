"""Terms of Chinese and Japanese, which are written without spaces: each two characters side by side are one.

A query and a name then share most of their terms, wherever a word begins in either; no dictionary has the words that
tomorrow's catalogue brings. Latin letters and digits between them remain words.
"""

import re
from collections.abc import Iterator

# Han with its iteration marks, kana with the sign of a long vowel, Bopomofo; not Hangul, which has spaces.
IDEOGRAPHS = (
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
)
_RUN = re.compile(f"[{IDEOGRAPHS}]+")


def has_ideographs(word: str) -> bool:
    return not word.isascii() and bool(_RUN.search(word))


def segment(word: str, *, of_document: bool = False) -> Iterator[str]:
    """The terms of a folded word without spaces; of a document also single characters, which a query may consist of.

    >>> list(segment('usb充電器'))
    ['usb', '充電', '電器']
    """
    end = 0
    for run in _RUN.finditer(word):
        if run.start() > end:
            yield word[end : run.start()]
        yield from _pairs(run[0], with_characters=of_document)
        end = run.end()
    if end < len(word):
        yield word[end:]


def _pairs(run: str, *, with_characters: bool) -> Iterator[str]:
    if len(run) == 1 or with_characters:
        yield from run
    for place in range(len(run) - 1):
        yield run[place : place + 2]
