"""Nouns of English with their plurals, from the SPECIALIST Lexicon as lemminflect ships it."""

import functools
import gzip
from importlib.util import find_spec
from pathlib import Path


@functools.cache
def english_nouns() -> dict[str, tuple[str, ...]]:
    """The plurals of each; only single words in lower case."""
    package = find_spec("lemminflect")
    assert package
    assert package.origin
    inflections = Path(package.origin).parent / "resources" / "infl_lu.csv.gz"
    with gzip.open(inflections, mode="rt", encoding="utf-8") as lines:
        rows = [line.strip().split(",") for line in lines]
    return {
        noun: tuple(rest[0].split("/"))
        for noun, part_of_speech, *rest in rows
        if part_of_speech == "noun" and rest and rest[0] and noun.isascii() and noun.isalpha() and noun.islower()
    }
