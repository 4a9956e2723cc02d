"""One search of several that lead to an answer: how it is sent, and what the engine answers."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from search_api.contracts import Relaxation, SearchRequest
from search_api.engine import attribute_choice, client, dense, facets, request_body
from search_api.engine.attribute_facets import Choice
from search_api.engine.request_body import Filters, HitScope
from search_api.query.named_values import ValueTable
from search_api.query.parsing import ParsedQuery

# Price and availability are wishes; brand and category say what the shopper looks for.
WISHES, DROPPED_LAST = ("on_sale", "price", "availability"), ("brand", "category")
# With so many hits that have every word, nobody wants those that lack some.
ENOUGH = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Attempt:
    """One search as it is sent, what was changed for it, and the engine's answer to it."""

    request: SearchRequest
    parsed: ParsedQuery
    filters: Filters
    scope: HitScope = HitScope.EVERY_WORD_FIRST
    known: ValueTable = dataclasses.field(default_factory=ValueTable)
    helpful: Choice | None = None  # attributes to show as facets; None until they are chosen
    relaxed: tuple[Relaxation, ...] = ()
    did_you_mean: str | None = None
    unfinished: bool = False  # there was no time to count the facets
    best_by_words: float = 0.0  # the score that meaning is added to; 0: it is not
    answer: dict[str, Any] = dataclasses.field(default_factory=dict)
    # The engine's counts of the products that the facets describe, whether or not they fit the filters.
    facet_counts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def page_body(self) -> dict[str, Any]:
        rescore = dense.rescoring(self.parsed, self.best_by_words) if self.best_by_words else None
        return request_body.page(self.request, self.parsed, self.filters, self.scope, rescore=rescore)

    @property
    def counts_body(self) -> dict[str, Any]:
        return request_body.counts(self.request, self.parsed, self.filters, self.scope, self.helpful or ())

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The requests for the hits and for the counts, which go to the engine in one round trip."""
        return [self.page_body, self.counts_body]

    @property
    def counts_by_facet(self) -> Mapping[str, Any]:
        """`facet_counts` by '<facet>_facet'.

        A facet that no filter narrows has the counts of all described products.
        """
        return facets.by_facet(self.facet_counts, self.filters)

    @property
    def count_described(self) -> int:
        """The products that the facets describe, and that fit every filter."""
        return int(self.facet_counts.get(request_body.FITTING, self.facet_counts)["doc_count"])

    @property
    def count_every_word(self) -> int:
        """The hits with every word."""
        if self.scope is HitScope.EVERY_WORD_FIRST:
            return self.count_described
        return int(self.answer["hits"]["total"]["value"]) if self.scope is HitScope.EVERY_WORD else 0

    @property
    def count(self) -> int:
        """The hits of all pages."""
        every_word = self.count_every_word
        return every_word if every_word >= ENOUGH else int(self.answer["hits"]["total"]["value"])

    @property
    def counts_without_filter(self) -> dict[str, int]:
        """By filter, in the order to drop them, the products that its facet has counted without it."""
        of_attributes = (name for name in self.filters if name not in {*WISHES, *DROPPED_LAST})
        order = (*WISHES, *of_attributes, *DROPPED_LAST)
        return {name: self.counts_by_facet[f"{name}_facet"]["doc_count"] for name in order if name in self.filters}

    @property
    def places_not_shown(self) -> list[int]:
        """The places of words that no hit of the page has, of several words; of a single one, when there is no hit."""
        hits = self.answer["hits"]["hits"]
        shown = {place for hit in hits for place in hit.get("matched_queries", ())}
        return [place for place in range(len(self.parsed.concepts)) if str(place) not in shown]

    def missing_words(self, hit: Mapping[str, Any]) -> list[str]:
        """The words that the hit lacks; none of a single word, as every hit has that."""
        matched = hit.get("matched_queries")
        if matched is None:
            return []
        return [one.text for place, one in enumerate(self.parsed.concepts) if str(place) not in matched]

    @property
    def key(self) -> object:
        """What decides how it is relaxed, and its best score."""
        return attribute_choice.described_by(self.request, self.parsed, self.scope), self.request.store_id

    def ready(self) -> "Attempt":
        """The attempt with the attributes that were chosen for the same search before."""
        return dataclasses.replace(self, helpful=attribute_choice.remembered(self.request, self.parsed, self.scope))

    def answered(self, answer: dict[str, Any], counts: Mapping[str, Any]) -> "Attempt":
        """With the answers to its two requests."""
        facet_counts = {"doc_count": counts["hits"]["total"]["value"], **counts.get("aggregations", {})}
        return dataclasses.replace(self, answer=answer, facet_counts=facet_counts)

    def sent(self, *, at_most: float = math.inf) -> "Attempt":
        return self.answered(*client.multi_search(self.bodies, at_most=at_most))

    def noted(self, kind: str, message: str, dropped: list[str], **changes: Any) -> "Attempt":
        note: Relaxation = {"kind": kind, "message": message, "dropped": dropped}
        return dataclasses.replace(self, relaxed=(*self.relaxed, note), **changes)
