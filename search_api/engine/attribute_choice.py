"""Which attributes help most to choose between the hits of a search.

To find that out takes a request of its own, so it is remembered for the same words and filters: then
the main request counts the values of these attributes alone. Counts are never cached.
"""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from foundation.expiring_cache import ExpiringItems
from indexing.attributes import SEPARATOR
from products.attribute_values import AttributeType
from search_api import selectors
from search_api.contracts import ATTRIBUTES, SearchRequest
from search_api.engine import attribute_facets
from search_api.engine.attribute_facets import Buckets, Choice
from search_api.engine.request_body import HitScope
from search_api.query.parsing import ParsedQuery

Json = dict[str, Any]

MAX_AGE = 300.0  # s; an attribute that helps since then is offered after this
MAX_CHOICES = 20_000
MAX_CODES = 150  # twelve facets, those offered as more filters, and those that filters choose
FEW = 400  # hits; all values of fewer are counted, and nothing is left to count
# Of more hits, values of fewer than one in RARE are not counted: there are thousands, and they hardly help to choose.
RARE = 200
MAX_VALUES = 10_000
DECISIVE_VALUES = 20  # a facet helps by the values that a shopper sees
ALMOST_ONE = 0.9
FREQUENT = "frequent"  # the aggregation
NOTHING: Json = {FREQUENT: {"buckets": [], "sum_other_doc_count": 0}}  # its answer for no hits
MOST_COMPARED = 30  # attributes that twelve are taken from
# Shares of the hits of two attributes. With these, of 264 searches of the real catalogue 137 pairs are alike, and in
# all of them the hits have the same values; with 0 for the second, it is 155 pairs, of which 12 differ.
ALIKE, ALIKE_OF_BETTER = 0.95, 0.8

# Nothing is loaded: only what was put is found.
_choices: ExpiringItems[object, Choice] = ExpiringItems(lambda _: {}, max_age=MAX_AGE, max_items=MAX_CHOICES)
forget = _choices.forget


def described_by(request: SearchRequest, parsed: ParsedQuery, scope: HitScope) -> object:
    """What decides which products the facets describe."""
    stock = (request.in_stock, request.in_stock is not None and request.store_id)
    filters = (request.categories, request.brands, request.attributes, request.price_min, request.price_max)
    return (parsed.q, parsed.text, scope, filters, stock, request.on_sale)


def remembered(request: SearchRequest, parsed: ParsedQuery, scope: HitScope) -> Choice | None:
    """None until attributes were chosen for a search."""
    if not request.shows(ATTRIBUTES) or not selectors.has_attributes.get():
        return ()
    key = described_by(request, parsed, scope)
    return _choices.get([key]).get(key)


def frequent_values(hits: int) -> dict[str, Json]:
    """What to count of so many hits, to choose."""
    least = 1 if hits < FEW else 1 + hits // RARE
    # Ordered by value, because it takes much less time to look values up in their order.
    terms = {"field": "attribute_facets", "size": MAX_VALUES, "order": {"_key": "asc"}, "min_doc_count": least}
    if settings.SEARCH_SHARDS == 1:
        terms["shard_min_doc_count"] = least
    return {FREQUENT: {"terms": terms}}


def are_all(frequent: Mapping[str, Any], hits: int) -> bool:
    """Whether the frequent values are all that there are, so that nothing is left to count."""
    return hits < FEW and not frequent[FREQUENT]["sum_other_doc_count"]


def choose(request: SearchRequest, parsed: ParsedQuery, scope: HitScope, values: Buckets, count: int) -> Choice:
    """The attributes by the counts of their frequent values, of `count` hits; remembered."""
    counts: defaultdict[str, list[int]] = defaultdict(list)
    for value in values:
        counts[value["key"].partition(SEPARATOR)[0]].append(value["doc_count"])
    helpful = {code: _helpfulness(of_code, count) for code, of_code in counts.items()}
    useful = [code for code in sorted(helpful, key=lambda code: (-helpful[code], code)) if helpful[code] > 0]
    choice = tuple(_copies_last(useful[:MAX_CODES], values))
    _choices.put({described_by(request, parsed, scope): choice})
    return choice


def _copies_last(codes: Sequence[str], values: Buckets) -> list[str]:
    """The codes with as many attributes first as are shown, none of which offers the choice of an earlier one.

    'Product colour' says what 'Colour' does. Equal numbers, and two switches for as many hits, say
    different things.
    """
    known = selectors.attributes.get(codes[:MOST_COMPARED])
    texts = {code for code, definition in known.items() if definition.type is AttributeType.TEXT}
    first: dict[str, Mapping[str, int]] = {}
    copies: list[str] = []
    for code, of_code in attribute_facets.of_codes(values, codes[:MOST_COMPARED]).items():
        counts = attribute_facets.by_key(code, of_code) if code in texts else {}
        if any(_are_alike(counts, better) for better in first.values()):
            copies.append(code)
        else:
            first[code] = counts
        if len(first) == attribute_facets.MOST_FACETS:
            break
    return [*first, *copies, *codes[len(first) + len(copies) :]]


def _are_alike(counts: Mapping[str, int], better: Mapping[str, int]) -> bool:
    """Whether nearly the same values have nearly the same numbers of hits."""
    shared = sum(min(count, better.get(key, 0)) for key, count in counts.items())
    return shared > 0 and shared >= ALIKE * sum(counts.values()) and shared >= ALIKE_OF_BETTER * sum(better.values())


def _helpfulness(counts: Sequence[int], hits: int) -> float:
    """How many of the other hits a choice rules out, on average over the hits; 0 when it rules out none.

    It grows with the share of hits that have the attribute, and with how evenly its first values
    split them. A value of a single hit counts little: a shopper would as well choose the hit.
    """
    largest = counts if len(counts) <= DECISIVE_VALUES else heapq.nlargest(DECISIVE_VALUES, counts)
    return sum((count - ALMOST_ONE) * (hits - count) for count in largest) / (hits * hits) if hits else 0.0
