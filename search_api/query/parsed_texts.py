"""Texts parsed with the synonyms and compounds of now.

Cached in the process, because a shopper sends the same words with every filter and every page.
"""

import functools

from language import languages
from language.compounds import Compounds
from language.languages import Language
from language.synonyms import SynonymTable
from search_api.query import compound_words, synonym_table
from search_api.query.parsing import ParsedQuery, parse

MAX_TEXTS = 1_000  # of at most 200 characters; the longest take 50 kB


class _Parser:
    """With other tables the same text means something else, so each has a cache of its own."""

    def __init__(self, synonyms: SynonymTable, compounds: Compounds | None, language: Language) -> None:
        self.tables = (synonyms, compounds, language)
        self.parse = functools.lru_cache(MAX_TEXTS)(lambda q: parse(q, synonyms, compounds))


_parser = _Parser({}, None, languages.LANGUAGES["en"])


def parsed(q: str) -> ParsedQuery:
    """As `parse`, with the current tables."""
    global _parser  # noqa: PLW0603 - one for all threads; two that replace it at once both work
    parser = _parser
    tables = (synonym_table.current(), compound_words.current(), languages.current())
    if any(mine is not now for mine, now in zip(parser.tables, tables, strict=True)):
        parser = _parser = _Parser(*tables)
    return parser.parse(q)
