"""The ladder of a degraded search: near spellings, then some of the words, then fewer filters; always told."""

import dataclasses

from django.db.models import BooleanField, F, Func, QuerySet, Value

from products.models import Product
from search_api.contracts import Relaxation, SearchRequest
from search_api.engine import request_body
from search_api.engine.relaxation import DROP_ORDER, drop_filters, filter_note, words_note
from search_api.fallback import words
from search_api.fallback.filters import filtered
from search_api.query.parsing import ParsedQuery

# Products that the words found, kept by id for the page and every facet, so that the words are looked up once.
MAX_KEPT = 20_000
CLOSE: Relaxation = {"kind": "spelling", "message": "No exact match. Showing what is close.", "dropped": []}


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What the words found, before filters; the request as it was answered, and what was changed in it."""

    products: QuerySet[Product]
    request: SearchRequest
    relaxed: tuple[Relaxation, ...] = ()
    nearly: bool = False  # by words that are only spelt alike


def find(request: SearchRequest, parsed: ParsedQuery) -> Found:
    """What was asked for, or the nearest to it that there is. A cursor's search is never relaxed."""
    found = _by_words(request, parsed)
    if request.cursor is not None or filtered(found.products, found.request).exists():
        return found
    return _with_fewer_filters(found)


def _by_words(request: SearchRequest, parsed: ParsedQuery) -> Found:
    products = Product.objects.searchable()
    if parsed.empty:
        return Found(products, request)
    if parsed.nothing:
        return Found(products.none(), request)
    limited = words.limited(products, parsed)
    if not parsed.concepts:
        return Found(_kept(limited), request)
    exact = Found(_kept(limited.filter(words.has_all(parsed))), request)
    if request.cursor is not None or exact.products.exists():
        return exact
    return _looser(limited, exact, parsed)


def _looser(limited: QuerySet[Product], exact: Found, parsed: ParsedQuery) -> Found:
    near = _kept(limited.filter(words.has_nearly_all(parsed)))
    if near.exists():
        note: Relaxation = {**CLOSE, "dropped": [concept.text for concept in parsed.concepts]}
        return Found(near, exact.request, (note,), nearly=True)
    some = _kept(limited.filter(words.has_some(parsed)))
    if len(parsed.concepts) > 1 and some.exists():
        return Found(some, exact.request, (words_note(parsed),))
    return exact


def _with_fewer_filters(found: Found) -> Found:
    """The same words with one filter less, else with none; as they were when that finds nothing either."""
    chosen = request_body.selected_filters(found.request)
    steps: list[tuple[str, ...]] = [(name,) for name in DROP_ORDER if name in chosen]
    if len(steps) > 1:
        steps.append(tuple(name for name in DROP_ORDER if name in chosen))
    for names in steps:
        request = drop_filters(found.request, names)
        if filtered(found.products, request).exists():
            relaxed = (*found.relaxed, filter_note(found.request, names))
            return dataclasses.replace(found, request=request, relaxed=relaxed)
    return found


def _kept(products: QuerySet[Product]) -> QuerySet[Product]:
    """The same products by id; as they are asked for when they are too many."""
    ids = list(products.order_by().values_list("pk", flat=True)[: MAX_KEPT + 1])
    return products if len(ids) > MAX_KEPT else Product.objects.filter(among(ids))


def among(ids: list[int]) -> Func:
    """Whether the id is one of these: one constant, which PostgreSQL reads far faster than thousands in an ARRAY[]."""
    among = {"template": "%(expressions)s::bigint[])", "arg_joiner": " = ANY("}
    return Func(F("pk"), Value(f"{{{','.join(map(str, ids))}}}"), output_field=BooleanField(), **among)
