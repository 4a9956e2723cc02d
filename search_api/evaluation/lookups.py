"""How reliably codes and prefixes find their products: for random products of the catalogue itself.

What counts as a model code is decided here from the names alone, not by the rules that the index
was built with.
"""

import collections
import dataclasses
import re
from collections.abc import Iterable, Iterator

from language.amounts import is_amount
from language.normalisation import fold
from products.models import Product
from search_api.completion import facet_values, suggestions
from search_api.contracts import SearchRequest
from search_api.evaluation.samples import random_products
from search_api.evaluation.searching import search

MIN_CODE = 4  # letters and digits; 'A4' and 'USB3' are words
PREFIX = 4  # characters
PLACES = ("starts with it", "has a word that does")
_EDGES = ",;:()[]\"'”*!?"
_PUNCTUATION = re.compile(r"[\W_]+")
_WORD = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True, slots=True)
class LookupScore:
    """One typed text: what it should find, and what it found first, or wrongly."""

    typed: str
    wanted: str
    right: bool
    shown: str


def score_codes(size: int, seed: int) -> list[LookupScore]:
    """SKUs and model codes of random products, typed in several ways; EngineUnavailableError."""
    names = Product.objects.searchable().values_list("name", flat=True)
    # How many products mention each code; 'C9700A/Q3960A' mentions both halves too.
    owners = collections.Counter(
        code
        for name in names
        for code in {_bare(part) for token in _codes(name) for part in (token, *token.split("/"))}
    )
    scores = []
    for product in random_products(size, seed):
        own_codes = [code for code in dict.fromkeys(_codes(product.name)) if owners[_bare(code)] == 1]
        for code in (product.sku, *own_codes):
            without, spaced = _PUNCTUATION.sub("", code), _PUNCTUATION.sub(" ", code).strip()
            for typed in dict.fromkeys((code, code.lower(), code.upper(), without, spaced)):
                hits = search(SearchRequest(q=typed, page_size=1)).results
                shown = f"{hits[0]['sku']} {hits[0]['name']}" if hits else ""
                is_right = bool(hits) and hits[0]["id"] == product.pk
                scores.append(LookupScore(typed, f"{product.sku} {product.name}", is_right, shown))
    return scores


def score_suggestions(size: int, seed: int) -> list[LookupScore]:
    """Whether the completions of random names' prefixes all match, those that start with it first.

    EngineUnavailableError.
    """
    prefixes = (product.name.split()[0][:PREFIX] for product in random_products(size, seed))
    scores = []
    for prefix in dict.fromkeys(prefixes):
        if len(prefix) < PREFIX:
            continue
        found = suggestions.suggest(prefix, None, facet_values.cached.get()).suggestions
        places = [_place(suggestion["text"], prefix) for suggestion in found]
        is_right = bool(found) and places == sorted(places) and places[-1] < len(PLACES)
        shown = "" if is_right else "; ".join(suggestion["text"] for suggestion in found)
        scores.append(LookupScore(prefix, "; ".join(PLACES), is_right, shown))
    return scores


def totals(scores: Iterable[LookupScore]) -> dict[str, float]:
    rows = list(scores)
    return {"typed": len(rows), "right": sum(row.right for row in rows) / len(rows) if rows else 0.0}


def _codes(name: str) -> Iterator[str]:
    """Words with letters and digits, such as 'dv7-1211ea' and '006R90321'; not '15.6"' or '8GB'."""
    for token in (part.strip(_EDGES) for part in name.split()):
        bare = _bare(token)
        # '63.5x8.5' and '17"/43.3cm' are nothing but measures.
        measures = all(part.isdecimal() or is_amount(part) for part in filter(None, re.split("[x/]", fold(token))))
        if len(bare) >= MIN_CODE and not bare.isdecimal() and not bare.isalpha() and not measures:
            yield token


def _bare(text: str) -> str:
    return _PUNCTUATION.sub("", text).lower()


def _place(text: str, prefix: str) -> int:
    """Which of PLACES the text belongs to, by number; their number when it belongs to none."""
    text, prefix = fold(text), fold(prefix)
    if text.startswith(prefix):
        return 0
    words = (*text.split(), *_WORD.findall(text))
    return 1 if any(word.startswith(prefix) for word in words) else len(PLACES)
