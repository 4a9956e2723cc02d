"""Words as the catalogue writes them: what is typed and indexed without accents is shown with them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from language.terms import analyse


def as_in_names(text: str, names: Iterable[str]) -> str:
    """The text with each word as most of these names write it: 'creme brulee' is 'crème brûlée'."""
    spelt: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        for term in analyse(name):
            if term.written.isalpha():
                spelt[term.written][name[term.start : term.end].lower()] += 1
    for term in reversed(analyse(text)):
        if found := spelt.get(term.written):
            typed = text[term.start : term.end]
            commonest = max(found, key=lambda word: (found[word], word == typed.lower(), word))
            if commonest != typed.lower():
                text = text[: term.start] + commonest + text[term.end :]
    return text
