"""One form for text that people write in several: encoding, invisible characters, width, accents, case.

Documents, queries, completions, highlights and the fallback all use `fold`, so that two of them cannot disagree.
`clean` makes typed text presentable, and changes nothing that `fold` would tell apart: fold(clean(x)) is fold(x), but
for white space.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal

from language.word_lists import pairs

_QUOTES = {**dict.fromkeys("“”„‟«»″〃", '"'), **dict.fromkeys("‘’‚‛‹›′´ʼ", "'")}
_HYPHENS = dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
_MARKS_OF_TRADE = dict.fromkeys("™®©℠", "")
_PLAIN = {**_QUOTES, **_HYPHENS, **_MARKS_OF_TRADE, "˚": "°"}
# An ordinal sign in the place of a degree sign: 60ºC.
_DEGREES = re.compile(r"(?<=\d)(\s?)º(?=\s?[CFcf]\b)")
# The letter that people write for a diameter: 'Ø50 cm'.
_DIAMETER = re.compile(r"(?<![^\W_])[Øø](?=\s?\d)")
# Invisible characters that are not in the category of formats (Cf): joiners, fillers and variation selectors.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# A space belongs where a sign parted two words (Core™2), and before a fraction (1½ is not 11/2).
_NEEDS_SPACE = re.compile(r"(?<=\w)(?=[™®©℠]+\w)|(?<=\d)(?=[¼-¾⅐-⅞↉])")

# Letters that Unicode does not decompose.
_LETTERS = pairs(
    """
    æ ae, œ oe, ð d, đ d, ɖ d, ø o, ł l, þ th, ŧ t, ħ h, ı i, ĸ k, ŋ n, ə e, ɛ e, ɔ o, ƒ f, ɓ b, ɗ d, ƙ k, ƴ y, ɣ g,
    ƶ z, ƀ b, ɨ i, ʉ u, ɇ e, ɍ r, ɏ y, ɉ j, ⱥ a, ȼ c, ⱦ t
    """
)
# Combining classes of overlays, of Hebrew and Arabic points, and of the accents of Latin, Greek and Cyrillic. Those of
# kana (8), India and South-East Asia (7, 9, 84 to 132) make another letter, and stay.
_ACCENT_CLASSES = frozenset({1, *range(10, 37), *range(200, 256)})


MAX_CACHED_CHARACTERS = 8_192  # more than the languages of one shop use


class _Characters(dict[int, str]):
    """What `str.translate` replaces a character by; filled when it is first seen."""

    def __init__(self, replace: Callable[[str], str]) -> None:
        super().__init__()
        self._replace = replace

    def __missing__(self, code: int) -> str:
        if len(self) >= MAX_CACHED_CHARACTERS:  # a client may send all of Unicode
            self.clear()
        replacement = self[code] = self._replace(chr(code))
        return replacement


def _plain(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    category = unicodedata.category(character)
    if category in {"Cc", "Cs"}:
        return " "
    if category == "Cf" or _INVISIBLE.match(character):
        return ""
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if compatible == character else "".join(map(_plain, compatible))


def _folded(character: str) -> str:
    return "".join(_base(part) for part in unicodedata.normalize("NFKD", _plain(character)))


def _base(character: str) -> str:
    if unicodedata.combining(character) in _ACCENT_CLASSES:
        return ""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    lower = character.casefold()
    if lower in _LETTERS:
        return _LETTERS[lower]
    return lower if lower == character else "".join(map(_base, unicodedata.normalize("NFKD", lower)))


_CLEANED = _Characters(_plain)
_FOLDED = _Characters(_folded)


def clean(text: str) -> str:
    """NFKC with plain quotes and hyphens, without control and invisible characters, ™, ® and runs of spaces."""
    return " ".join((text if _is_plain(text) else _translate(text, _CLEANED, "NFKC")).split())


def fold(text: str) -> str:
    """Lower case without accents: 'Café Ørsted 100µF' -> 'cafe orsted 100μf'. Spaces are not collapsed."""
    # Composed again, because a voiced kana or a Hangul syllable is one letter.
    return text.lower() if _is_plain(text) else _translate(_DIAMETER.sub(" ", text), _FOLDED, "NFC")


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _translate(text: str, characters: _Characters, form: Literal["NFC", "NFKC"]) -> str:
    text = _NEEDS_SPACE.sub(" ", _DEGREES.sub(r"\1°", text))
    return unicodedata.normalize(form, text.translate(characters))


def fold_with_positions(text: str) -> tuple[str, Sequence[int]]:
    """`fold(text)`, and for each of its characters the index in `text` where that comes from; then `len(text)`."""
    if _is_plain(text):
        return text.lower(), range(len(text) + 1)
    text = _DIAMETER.sub(" ", _DEGREES.sub(r"\1°", text))
    spaces = {match.start() for match in _NEEDS_SPACE.finditer(text)}
    letters: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text):
        pieces = " " * (position in spaces) + _FOLDED[ord(character)]
        for piece in pieces:
            if letters and _continues(piece):
                letters[-1] += piece
            else:
                letters.append(piece)
                positions.append(position)
    composed = [unicodedata.normalize("NFC", letter) for letter in letters]
    places = [position for letter, position in zip(composed, positions, strict=True) for _ in letter]
    return "".join(composed), [*places, len(text)]


def _continues(character: str) -> bool:
    """Whether it may compose with the one before: a mark, or a vowel or final consonant of Hangul."""
    return unicodedata.category(character).startswith("M") or "\u1160" <= character <= "\u11ff"


def base_letters(text: str) -> str:
    """`fold`, but with one letter for each character: positions are those of the text."""
    return text.lower() if text.isascii() else "".join((_FOLDED[ord(character)] or character)[:1] for character in text)
