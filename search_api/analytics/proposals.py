"""Synonyms to propose for queries that found nothing: the catalogue's terms of nearly the same meaning."""

from language import languages
from language.normalisation import clean, fold
from search_api.query.bridge import bridge

MAX_RULES = 3  # for a query; a longer one rarely fails because of more words


def synonym_rules(q: str) -> list[str]:
    """Rules such as 'kopfhörer => headphones, headset', for the admin's form; often none."""
    words = clean(q).lower().split()
    phrases = [" ".join(words), *words] if len(words) == 2 else words  # noqa: PLR2004 - a pair is a term too
    rules: list[str] = []
    for phrase in phrases:
        terms = [term for term, _ in bridge(phrase)]
        if terms and not any(_same(phrase, term) for term in terms):
            rules.append(f"{phrase} => {', '.join(terms)}")
    return rules[:MAX_RULES]


def _same(phrase: str, term: str) -> bool:
    """Whether the catalogue has the word already, perhaps in the plural."""
    stem = languages.current().stem
    one, other = ([stem(word) for word in fold(text).split()] for text in (phrase, term))
    return one == other
