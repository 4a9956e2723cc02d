"""The languages of a catalogue's texts; the setting SEARCH_LANGUAGE selects one."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from language.english import plural_key
from language.word_lists import words

MAX_CACHED_WORDS = 65_536  # a language's; a catalogue of 50,000 products has about as many


@dataclass(frozen=True)
class Language:
    code: str  # ISO 639-1
    stem: Callable[[str], str]  # the key of a folded word, which all its forms share; need not be a word
    stop_words: frozenset[str]  # folded; no other word has one as its key
    decimal_comma: bool = False
    elides: bool = False  # words are joined by an apostrophe: l'ordinateur
    compounds: bool = False  # nouns are joined without a space: Kühlschrank


def current() -> Language:
    return LANGUAGES[settings.SEARCH_LANGUAGE]


def _stemmer(key: Callable[[str], str], stop_words: frozenset[str]) -> Callable[[str], str]:
    @functools.lru_cache(MAX_CACHED_WORDS)
    def stem(word: str) -> str:
        if word in stop_words:
            return word
        stemmed = key(word)
        return word if stemmed in stop_words else stemmed

    return stem


_ENGLISH_STOP_WORDS = words(
    """
    a an and are as at be but by for if in into is it its no not of on or such that the their then there these they
    this to was will with
    """
)

LANGUAGES = {
    language.code: language
    for language in (Language("en", _stemmer(plural_key, _ENGLISH_STOP_WORDS), _ENGLISH_STOP_WORDS),)
}
