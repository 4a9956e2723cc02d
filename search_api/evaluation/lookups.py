"""How surely codes and first letters lead to their products: for random products of the catalogue itself.

What counts as a model code is decided here from the names alone, not by the rules that the index was built with.
"""

import collections
import dataclasses
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator

from language.measures import is_measure
from products.models import Product
from search_api.completion import facet_values, suggestions
from search_api.contracts import SearchRequest, Suggestion
from search_api.engine import pages

MIN_CODE = 4  # letters and digits; 'A4' and 'USB3' are words
FIRST_LETTERS = 4
_EDGES = ",;:()[]\"'”*!?"
_PUNCTUATION = re.compile(r"[\W_]+")
_WORD = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True, slots=True)
class LookupScore:
    """Whether what was typed led where it must; `shown` is what came first, or what should not have come."""

    typed: str
    wanted: str
    right: bool
    shown: str


def score_codes(size: int, seed: int) -> list[LookupScore]:
    """One score a way to type the SKU or a model code of one of `size` random products; EngineUnavailableError."""
    owners = _owners()
    return [
        _score_code(typed, product)
        for product in _random_products(size, seed)
        for code in (product.sku, *_own_codes(product.name, owners))
        for typed in _spellings(code)
    ]


def _random_products(size: int, seed: int) -> list[Product]:
    ids = list(Product.objects.searchable().order_by("pk").values_list("pk", flat=True))
    chosen = random.Random(seed).sample(ids, min(size, len(ids)))  # noqa: S311 - the same sample every time is the point
    return list(Product.objects.filter(pk__in=chosen).order_by("pk"))


def _owners() -> dict[str, int]:
    """How many products mention each code, punctuation and case apart."""
    names = Product.objects.searchable().values_list("name", flat=True)
    return collections.Counter(code for name in names for code in {_bare(part) for part in _with_parts(name)})


def _own_codes(name: str, owners: dict[str, int]) -> list[str]:
    """The codes in the name that no other product mentions."""
    return [token for token in dict.fromkeys(_codes(name)) if owners[_bare(token)] == 1]


def _codes(name: str) -> Iterator[str]:
    """Words with a letter and a digit in them that are no measure: 'dv7-1211ea', '006R90321', not '15.6"' or '8GB'."""
    for token in (part.strip(_EDGES) for part in name.split()):
        bare = _bare(token)
        if len(bare) >= MIN_CODE and not bare.isdecimal() and not bare.isalpha() and not _is_size(token):
            yield token


def _with_parts(name: str) -> Iterator[str]:
    """The codes of a name, and of 'C9700A/Q3960A' both halves too."""
    for token in _codes(name):
        yield from (token, *token.split("/"))


def _is_size(token: str) -> bool:
    """Nothing but measures, as '8GB', '63.5x8.5' and '17"/43.3cm' are."""
    return all(map(is_measure, filter(None, re.split("[x/]", token.lower()))))


def _bare(text: str) -> str:
    return _PUNCTUATION.sub("", text).lower()


def _spellings(code: str) -> list[str]:
    """As it is written, in both cases, without its punctuation, and with spaces instead."""
    forms = (code, code.lower(), code.upper(), _PUNCTUATION.sub("", code), _PUNCTUATION.sub(" ", code).strip())
    return list(dict.fromkeys(forms))


def _score_code(typed: str, product: Product) -> LookupScore:
    hits = pages.search(SearchRequest(q=typed, page_size=1)).results
    shown = f"{hits[0]['sku']} {hits[0]['name']}" if hits else ""
    return LookupScore(typed, f"{product.sku} {product.name}", bool(hits) and hits[0]["id"] == product.pk, shown)


def score_suggestions(size: int, seed: int) -> list[LookupScore]:
    """One score for every different start of a random product's name: are all its completions in their place."""
    starts = (product.name.split()[0][:FIRST_LETTERS] for product in _random_products(size, seed))
    return [_score_start(start) for start in dict.fromkeys(starts) if len(start) == FIRST_LETTERS]


def _score_start(start: str) -> LookupScore:
    shown = suggestions.suggest(start, None, facet_values.current()).suggestions
    places = [_place(suggestion, start) for suggestion in shown]
    right = bool(shown) and places == sorted(places) and max(places) < len(_PLACES)
    return LookupScore(start, "; ".join(_PLACES), right, "" if right else "; ".join(one["text"] for one in shown))


_PLACES = ("starts with it", "has a word that does")


def _place(suggestion: Suggestion, start: str) -> int:
    text, start = _folded(suggestion["text"]), _folded(start)
    if text.startswith(start):
        return 0
    words = (*text.split(), *_WORD.findall(text))
    return 1 if any(word.startswith(start) for word in words) else len(_PLACES)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def totals(scores: Iterable[LookupScore]) -> dict[str, float]:
    rows = list(scores)
    return {"typed": len(rows), "right": sum(row.right for row in rows) / len(rows) if rows else 0.0}
