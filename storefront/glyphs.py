"""The icon of a category, chosen by the words of its name (`glyphs.toml`)."""

import tomllib
from pathlib import Path

from products.models import PATH_SEPARATOR

DEFAULT = "package"
GLYPHS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
WORDS = {glyph: {form for word in words for form in (word, f"{word}s")} for glyph, words in GLYPHS.items()}


def glyph_for(path: str) -> str:
    """The first icon with a word in the last name of a category path, else in its parent's name."""
    for name in reversed(path.lower().split(PATH_SEPARATOR)):
        words = name.replace("&", " ").split()
        for glyph, glyph_words in WORDS.items():
            if not glyph_words.isdisjoint(words):
                return glyph
    return DEFAULT
