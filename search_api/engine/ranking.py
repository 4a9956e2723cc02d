"""How hits found by meaning change the order of the hits found by words. Pure functions on plain data.

Weights and limits: docs/decisions/semantic-search.md.
"""

import itertools
from collections.abc import Iterable, Mapping

CANDIDATES = 300  # of each kind; further ones change nothing that a shopper sees
# Where some product has every word, words say best what comes first.
LEXICAL_FIRST = 60
MEANING = 0.6  # what the nearest product's meaning adds to a score, where the best product by words has 1


def fuse(lexical: Mapping[int, float], cosines: Mapping[int, float]) -> list[int]:
    """Products by the sum of both scores: for a search in which no product has every word.

    `lexical`: scores by product, the best first. A product without a cosine counts as the farthest that has one: it is
    no nearer.
    """
    if not lexical or not cosines:
        return list(lexical)
    best, farthest = next(iter(lexical.values())), min(cosines.values())
    both = [*lexical, *(product_id for product_id in _nearest_first(cosines) if product_id not in lexical)]
    meanings = {product_id: cosines.get(product_id, farthest) for product_id in both}
    mean, nearest = sum(meanings.values()) / len(meanings), max(meanings.values())
    weight = MEANING / (nearest - mean) if nearest > mean else 0.0
    scores = {
        product_id: lexical.get(product_id, 0.0) / best + weight * (cosine - mean)
        for product_id, cosine in meanings.items()
    }
    return sorted(scores, key=scores.__getitem__, reverse=True)


def follow(lexical: Iterable[int], cosines: Mapping[int, float]) -> list[int]:
    """The first products by words, then those by meaning: for a search in which some product has every word."""
    first = list(itertools.islice(lexical, LEXICAL_FIRST))
    known = set(first)
    return first + [product_id for product_id in _nearest_first(cosines) if product_id not in known]


def _nearest_first(cosines: Mapping[int, float]) -> list[int]:
    return sorted(cosines, key=lambda product_id: (-cosines[product_id], product_id))
