"""Which attributes help most to choose between the hits of a search.

To find that out takes a request of its own, so it is remembered for the same words and filters: then
the main request counts the values of these attributes alone. Counts are never cached.
"""

import heapq
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from foundation.expiring_cache import ExpiringItems
from search_api import selectors
from search_api.contracts import ATTRIBUTES, SearchRequest
from search_api.engine.attribute_facets import Choice
from search_api.engine.request_body import Hits
from search_api.query.parsing import ParsedQuery

Json = dict[str, Any]

MAX_AGE = 300.0  # s; an attribute that helps since then is offered after this
MAX_CHOICES = 20_000
MAX_CODES = 150  # twelve facets, those that are offered besides, and those that filters choose
# Values of fewer than one in RARE hits are not counted: there are thousands, and they do not help to choose.
RARE = 400
MAX_VALUES = 10_000
DECISIVE_VALUES = 20  # a facet helps by the values that a shopper sees
ALMOST_ONE = 0.9
FREQUENT = "frequent"  # the aggregation

# Nothing is loaded: only what was put is found.
_choices: ExpiringItems[object, Choice] = ExpiringItems(lambda _: {}, max_age=MAX_AGE, max_items=MAX_CHOICES)
forget = _choices.forget


def _key(request: SearchRequest, parsed: ParsedQuery, hits: Hits) -> object:
    """What decides which products the facets describe."""
    stock = (request.in_stock, request.in_stock is not None and request.store_id)
    filters = (request.categories, request.brands, request.attributes, request.price_min, request.price_max)
    return (parsed.q, parsed.text, hits, filters, stock, request.on_sale)


def remembered(request: SearchRequest, parsed: ParsedQuery, hits: Hits) -> Choice | None:
    """None until attributes were chosen for a search."""
    if not request.shows(ATTRIBUTES) or not selectors.has_attributes.get():
        return ()
    key = _key(request, parsed, hits)
    return _choices.get([key]).get(key)


def frequent_values(hits: int) -> dict[str, Json]:
    """What to count of so many hits, to choose."""
    least = 1 + hits // RARE
    # Ordered by value, because it takes much less time to look values up in their order.
    terms = {"field": "attribute_facets", "size": MAX_VALUES, "order": {"_key": "asc"}, "min_doc_count": least}
    if settings.SEARCH_SHARDS == 1:
        terms["shard_min_doc_count"] = least
    return {FREQUENT: {"terms": terms}}


def choose(
    request: SearchRequest, parsed: ParsedQuery, hits: Hits, counts: Mapping[str, Mapping[str, int]], count: int
) -> Choice:
    """The attributes by the counts of their frequent values, of `count` hits; remembered."""
    helpful = {code: _helpfulness(of_code.values(), count) for code, of_code in counts.items()}
    useful = [code for code in sorted(helpful, key=lambda code: (-helpful[code], code)) if helpful[code] > 0]
    choice = tuple(useful[:MAX_CODES])
    _choices.put({_key(request, parsed, hits): choice})
    return choice


def _helpfulness(counts: Iterable[int], hits: int) -> float:
    """How many of the other hits a choice rules out, on average over the hits; 0 when it rules out none.

    It grows with the share of hits that have the attribute, and with how evenly its first values
    split them. A value of a single hit counts little: a shopper would as well choose the hit.
    """
    largest = heapq.nlargest(DECISIVE_VALUES, counts)
    return sum((count - ALMOST_ONE) * (hits - count) for count in largest) / (hits * hits) if hits else 0.0
