"""A page of results from the engine, by number or by cursor."""

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from indexing.errors import EngineUnavailableError
from language.amounts import is_amount
from products.attribute_values import value_key
from products.pictures import first_picture
from search_api.contracts import (
    ATTRIBUTES,
    EVERY_WORD,
    SOME_WORDS,
    Facets,
    Hit,
    Interpretation,
    Relax,
    Relaxation,
    SearchRequest,
    SearchResponse,
    Sort,
)
from search_api.engine import (
    attribute_choice,
    attribute_facets,
    client,
    cursor,
    cursor_budget,
    dense,
    facets,
    hit_fields,
    relaxation,
    request_body,
    shards,
)
from search_api.engine.attempt import ENOUGH, Attempt
from search_api.engine.attribute_facets import Buckets, Choice
from search_api.engine.cursor import Position
from search_api.engine.highlighting import mark, wanted_words
from search_api.engine.own_spelling import as_in_names
from search_api.engine.request_body import HitScope
from search_api.errors import BadCursorError, TooManyCursorsError
from search_api.query import parsed_texts
from search_api.query.named_values import Kind, ValueTable

NONE_KNOWN = ValueTable()


@client.shared_timeout()
def search(request: SearchRequest, known: ValueTable = NONE_KNOWN) -> SearchResponse:
    """The page with the number in the request; EngineUnavailableError.

    Products with those of the known values that words of the query name come first.
    """
    return search_from(first_attempt(request, known))


@client.shared_timeout()
def search_from(first: Attempt) -> SearchResponse:
    """As `search`, from its first attempt, which may have its answer already."""
    attempt = relaxation.find(first)
    answer = dense.followed(
        attempt.request, attempt.parsed, attempt.filters, attempt.scope, attempt.answer, attempt.count_every_word
    )
    response = _response(dataclasses.replace(attempt, answer=answer))
    response.previous_page, response.next_page = first.request.neighbours(attempt.count)
    return response


@client.shared_timeout()
def read_on(request: SearchRequest, encoded: str, caller: str) -> SearchResponse:
    """The page after the cursor; EngineUnavailableError, BadCursorError, TooManyCursorsError.

    Never relaxed: deep paging is for every product that matches, and only those. The engine has
    room for few views of the index, so one is open from the second page to the last.
    """
    first = first_attempt(request)
    position = cursor.decode(encoded, request) if encoded else Position()
    if position.is_degraded:  # it started in PostgreSQL and goes on there, also after the outage
        raise EngineUnavailableError("the cursor belongs to a degraded search")
    if not position.after:
        return _read(first.sent(), position)
    with _view(position, caller, first) as in_view:
        body = request_body.page(request, first.parsed, first.filters, first.scope, position=in_view)
        answer = client.search_point_in_time(body)
        if answer is None:
            raise BadCursorError("The cursor has expired: what it pointed into is gone. Start again.")
        return _read(dataclasses.replace(first, answer=answer), in_view)


def _read(attempt: Attempt, position: Position) -> SearchResponse:
    """The response, with the cursor for the page after it; the last page closes the view."""
    response = _response(attempt)
    hits = attempt.answer["hits"]["hits"]
    end = position.offset + len(hits)
    if hits and end < response.count:
        reached = Position(attempt.answer.get("pit_id", ""), tuple(hits[-1]["sort"]), end, position.slot)
        response.next_cursor = cursor.encode(reached, attempt.request)
    elif position.point_in_time:
        client.close_point_in_time(attempt.answer["pit_id"])
        cursor_budget.release(position.slot)
    return response


def first_attempt(request: SearchRequest, known: ValueTable = NONE_KNOWN) -> Attempt:
    parsed = relaxation.naming(parsed_texts.parsed(request.q), known)
    strict = request.cursor is not None or request.relax is Relax.NONE
    scope = HitScope.EVERY_WORD if strict else HitScope.EVERY_WORD_FIRST
    return Attempt(request, parsed, request_body.selected_filters(request), scope, known=known).ready()


def interpreted(attempt: Attempt, brands: Iterable[str]) -> Iterator[Interpretation]:
    """The words that name a value; none when they were corrected, since then they were not typed.

    `brands` are those of the hits with every word. Of brands, an amount names one of them alone: tape by 3M, but not a
    cable of 3 m.
    """
    if attempt.parsed.q != attempt.request.q:
        return
    of_hits = set(map(value_key, brands))
    for named in attempt.parsed.named:
        if is_amount(attempt.parsed.concepts[named.start].written) and not any(
            value.kind is not Kind.BRAND or value_key(value.value) in of_hits for value in named.values
        ):
            continue
        start = attempt.parsed.concepts[named.start].start
        end = attempt.parsed.concepts[named.end - 1].end
        first, *_ = named.values
        yield {
            "kind": first.kind.value,
            "text": attempt.request.q[start:end],
            "start": start,
            "end": end,
            "parameters": {first.parameter: [value.value for value in named.values]},
            "label": first.label,
        }


@contextlib.contextmanager
def _view(position: Position, caller: str, first: Attempt) -> Iterator[Position]:
    """The position in its view, which is opened for the second page; TooManyCursorsError.

    When the body fails, a view that is gone, or that no cursor has yet, gives its slot back.
    """
    is_new = not position.point_in_time
    if is_new:
        position = _opened(position, caller, first)
    else:
        cursor_budget.renew(position.slot)
    try:
        yield position
    except Exception as error:
        if is_new:
            client.close_point_in_time(position.point_in_time)
        if is_new or isinstance(error, BadCursorError):
            cursor_budget.release(position.slot)
        raise


def _opened(position: Position, caller: str, first: Attempt) -> Position:
    """The position in a new view; EngineUnavailableError, TooManyCursorsError."""
    slot = cursor_budget.take(caller)
    try:
        copies = shards.same_copies(text) if (text := first.parsed.q) else {}
        view = client.open_point_in_time(cursor.ENGINE_KEEP_ALIVE, copies)
    except (EngineUnavailableError, TooManyCursorsError):
        cursor_budget.release(slot)
        raise
    # A merge, or another copy when a node is gone, changes scores a little: the first page ends at a place instead.
    after = () if first.request.sort is Sort.RELEVANCE else position.after
    return dataclasses.replace(position, point_in_time=view, slot=slot, after=after)


def _response(attempt: Attempt) -> SearchResponse:
    """Without neighbouring pages, and without quantities: the index does not have those."""
    wanted = wanted_words(attempt.parsed)
    count_every_word = attempt.count_every_word
    found = attempt.answer["hits"]["hits"]
    if count_every_word >= ENOUGH:
        found = found[: max(count_every_word - attempt.request.offset, 0)]
    results: list[Hit] = []
    shown = hit_fields.shown(found)
    for hit in found:
        fields = shown.get(hit_fields.product_id(hit))
        if fields is None:  # deleted since
            continue
        marked = mark(fields["name"], wanted) if attempt.request.highlight else ""
        result = {
            **fields,
            "image": first_picture([fields["image"]] if fields["image"] else []),
            "highlight": {"name": marked} if marked else {},
            "missing_words": attempt.missing_words(hit),
        }
        results.append(cast("Hit", result))
    found, unfinished = _facets(attempt)
    attempt = _as_spelt(attempt, [hit["name"] for hit in results])
    return SearchResponse(
        count=attempt.count,
        interpreted=list(interpreted(attempt, [hit["brand"] for hit in results if not hit["missing_words"]])),
        count_every_word=count_every_word,
        results=results,
        facets=found,
        facets_describe=SOME_WORDS if attempt.scope is HitScope.SOME_WORDS else EVERY_WORD,
        did_you_mean=attempt.did_you_mean,
        relaxed=list(attempt.relaxed),
        unfinished=attempt.unfinished or unfinished,
    )


def _as_spelt(attempt: Attempt, names: Sequence[str]) -> Attempt:
    """The attempt, with a correction in it as the hits are spelt."""
    meant = attempt.did_you_mean
    if not meant or (spelt := as_in_names(meant, names)) == meant:
        return attempt
    notes: list[Relaxation] = [
        {**note, "message": note["message"].replace(f"“{meant}”", f"“{spelt}”")} for note in attempt.relaxed
    ]
    return dataclasses.replace(attempt, did_you_mean=spelt, relaxed=tuple(notes))


def _facets(attempt: Attempt) -> tuple[Facets, bool]:
    """The facets, and whether there was no time for some of them: the hits matter more."""
    request = attempt.request
    if not attempt.facet_counts or attempt.unfinished:
        return facets.none(request), False
    aggregations = attempt.counts_by_facet
    try:
        found = facets.read(aggregations, request)
        has_attributes = request.shows(ATTRIBUTES) and (attempt.helpful != () or request.attributes)
        if not has_attributes and not request.named_attributes:
            return found, False  # `found` has the lists, empty
        helpful, of_shown = _attributes(attempt, aggregations["attributes_facet"])
        counted = attribute_facets.read(aggregations, of_shown, request, helpful)
        found["attributes"] = attribute_facets.facets(counted)
        if request.shows(ATTRIBUTES):
            found["more_attributes"] = attribute_facets.more(counted)
    except EngineUnavailableError:
        return facets.none(request), True
    return found, False


def _attributes(attempt: Attempt, counted: Mapping[str, Any]) -> tuple[Choice, Buckets]:
    """The attributes that help, and the counted values of those that are shown."""
    request, helpful = attempt.request, attempt.helpful
    if helpful is None:
        hits = attempt.count_described
        frequent = _further(attempt, attribute_choice.frequent_values(hits)) if hits else attribute_choice.NOTHING
        values: Buckets = frequent[attribute_choice.FREQUENT]["buckets"]
        helpful = attribute_choice.choose(request, attempt.parsed, attempt.scope, values, hits)
        if attribute_choice.are_all(frequent, hits):
            return helpful, values
        if missing := attribute_facets.aggregations(request, helpful).get("attributes"):
            counted = _further(attempt, missing)
    if attribute_facets.VALUES not in counted:
        return helpful, []
    found = counted[attribute_facets.VALUES]
    if found["sum_other_doc_count"]:
        each = _further(attempt, attribute_facets.one_by_one(request, helpful)).values()
        return helpful, attribute_facets.in_order(bucket for values in each for bucket in values["buckets"])
    return helpful, found["buckets"]


def _further(attempt: Attempt, counted: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to a request for further counts of the products that the facets describe."""
    body = request_body.more_values(attempt.parsed, attempt.filters, attempt.scope, counted)
    found: Mapping[str, Any] = client.search(body)["aggregations"]
    return found
