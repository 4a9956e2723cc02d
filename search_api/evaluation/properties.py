"""Properties of search that must hold on any catalogue, without judgements.

A product is found first by its own name, singular and plural find the same, and so do all ways to
write one thing. The texts come from names of random products.
"""

import dataclasses
import itertools
import random
from collections.abc import Iterable, Sequence

from language.languages import current
from language.terms import analyse, stems
from search_api.contracts import MAX_QUERY_LENGTH, SearchRequest
from search_api.evaluation.samples import random_products
from search_api.evaluation.searching import search

COMPARED = 20  # hits of two spellings
MIN_WORD_LENGTH = 4  # letters
_WIDE = {ord(character): ord(character) + 0xFEE0 for character in map(chr, range(0x21, 0x7F))}
_ACCENTS = str.maketrans("aeiou", "áéíóú")


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One text, or two ways to write one, and whether the hits are as they should be."""

    typed: str
    other: str
    right: bool
    shown: str


def own_names(size: int, seed: int) -> list[Check]:
    """Whether the whole name of a product finds it, or one of the same name, first; EngineUnavailableError."""
    checks = []
    for product in random_products(size, seed):
        typed = product.name[:MAX_QUERY_LENGTH]
        hits = _search(typed, 1)
        right = bool(hits) and stems(hits[0])[: len(stems(typed))] == stems(typed)
        checks.append(Check(typed, "", right, hits[0] if hits else ""))
    return checks


def plurals(size: int, seed: int) -> list[Check]:
    """Whether the forms of a word that the catalogue itself has find the same products."""
    forms: dict[str, dict[str, None]] = {}
    for name in _random_names(size * 20, seed):
        for term in analyse(name):
            if term.written.isalpha() and len(term.written) >= MIN_WORD_LENGTH:
                forms.setdefault(term.stem, {})[term.written] = None
    pairs = [list(written)[:2] for written in forms.values() if len(written) > 1]
    return [_same(one, other, in_order=False) for one, other in pairs[:size]]


def spellings(size: int, seed: int) -> list[Check]:
    """Whether two neighbouring words of a name find the same however they are written."""
    checks = []
    for name in _random_names(size, seed):
        words = [term for term in analyse(name) if term.written.isalpha() and len(term.written) >= MIN_WORD_LENGTH]
        for first, second in itertools.pairwise(words):
            if name[first.end : second.start] == " ":
                typed = f"{first.written} {second.written}"
                accented = typed.translate(_ACCENTS)
                others = (
                    typed.upper(),
                    typed.replace(" ", "-"),
                    typed.translate(_WIDE),
                    accented,
                    f" {typed}\N{SOFT HYPHEN} ",
                )
                checks += [_same(typed, other, in_order=True) for other in others]
                break
    return checks


def empty_answers(size: int, seed: int) -> list[Check]:
    """Whether two words of one name, in any order, find anything."""
    choose = random.Random(seed)  # noqa: S311 - the same words every time is the point
    checks = []
    for name in _random_names(size, seed):
        words = [term.written for term in analyse(name) if term.written not in current().stop_words]
        typed = " ".join(choose.sample(words, min(2, len(words))))
        hits = _search(typed, 1)
        checks.append(Check(typed, "", bool(hits), hits[0] if hits else ""))
    return checks


PROPERTIES = {
    "own name first": own_names,
    "singular and plural": plurals,
    "spelling variants": spellings,
    "not empty": empty_answers,
}


def totals(checks: Iterable[Check]) -> dict[str, float]:
    rows = list(checks)
    return {"checked": len(rows), "right": sum(row.right for row in rows) / len(rows) if rows else 1.0}


def _same(typed: str, other: str, *, in_order: bool) -> Check:
    """The first hits, or, of two forms that rank differently, which hits there are."""
    one, two = _search(typed, COMPARED), _search(other, COMPARED)
    counts = [search(SearchRequest(q=text, page_size=1)).count_every_word for text in (typed, other)]
    right = one == two if in_order else counts[0] == counts[1]
    return Check(typed, other, right, "" if right else f"{counts[0]} and {counts[1]} products")


def _search(typed: str, size: int) -> list[str]:
    """The names of the first hits for the words as they are typed; what relaxation finds does not count."""
    response = search(SearchRequest(q=typed, page_size=size, spelling=False))
    return [hit["name"] for hit in response.results]


def _random_names(size: int, seed: int) -> Sequence[str]:
    return [product.name for product in random_products(size, seed)]
