"""How hits found by meaning change the order of the hits found by words. Pure functions on plain data.

Weights and limits: docs/decisions/semantic-search.md.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

CANDIDATES = 300  # of each kind; further ones change nothing that a shopper sees
# Where some product has every word, words say best what comes first.
LEXICAL_FIRST = 60
MEANING = 0.6  # what the nearest product's meaning adds to a score, where the best product by words has 1


class Scored(NamedTuple):
    product_id: int
    score: float


def fuse(lexical: Sequence[Scored], cosines: Mapping[int, float]) -> list[int]:
    """Products by the sum of both scores: for a search in which no product has every word.

    `lexical` is ordered, best first. A product without a cosine counts as the farthest that has one: it is no nearer.
    """
    if not lexical or not cosines:
        return [product_id for product_id, _ in lexical]
    best, farthest = lexical[0].score, min(cosines.values())
    by_words = dict(lexical)
    both = dict.fromkeys([*by_words, *sorted(cosines, key=lambda key: (-cosines[key], key))])
    meanings = [cosines.get(product_id, farthest) for product_id in both]
    mean, nearest = sum(meanings) / len(meanings), max(meanings)
    spread = nearest - mean
    scores = {
        product_id: by_words.get(product_id, 0.0) / best + (MEANING * (cosine - mean) / spread if spread > 0 else 0.0)
        for product_id, cosine in zip(both, meanings, strict=True)
    }
    return sorted(both, key=lambda product_id: -scores[product_id])


def follow(lexical: Sequence[Scored], cosines: Mapping[int, float]) -> list[int]:
    """The first products by words, then those by meaning: for a search in which some product has every word."""
    first = [product_id for product_id, _ in lexical[:LEXICAL_FIRST]]
    known = set(first)
    return first + [key for key in sorted(cosines, key=lambda key: (-cosines[key], key)) if key not in known]
