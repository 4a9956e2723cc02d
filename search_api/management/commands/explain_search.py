"""`manage.py explain_search`: why a search finds what it finds, for people."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from search_api import bodies, engine, ladder
from search_api.contracts import SearchRequest
from search_api.errors import EngineUnavailableError
from search_api.ladder import Found
from search_api.parsing import ParsedQuery

_COMBINED = re.compile(r"CombinedFieldQuery\(\((?P<fields>.*)\)\((?P<word>.*)\)\)")
MIN_SHARE = 0.02  # of a hit's score; smaller parts explain nothing


class Command(BaseCommand):
    help = "Show how a query is understood, what was changed to find something, and what each hit matched where."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query")
        parser.add_argument("--store", type=int, metavar="ID", help="as seen at this store")
        parser.add_argument("--hits", type=int, default=5, metavar="N")

    def handle(self, *_: Any, **options: Any) -> None:
        request = SearchRequest(q=options["query"], store_id=options["store"], page_size=options["hits"])
        try:
            found = ladder.find(request)
            hits = _explained(found)
        except EngineUnavailableError as error:
            raise CommandError(f"OpenSearch is away: {error}") from error
        console = Console(file=cast("IO[str]", self.stdout), width=120)
        console.print(_understood(found.parsed))
        for note in found.relaxed:
            console.print(f"changed ({note['kind']}): {note['message']}", markup=False)
        console.print(f"{found.count:,} hits", markup=False)
        for hit in hits:
            console.print(_matched(hit))


def _explained(found: Found) -> list[Mapping[str, Any]]:
    body = bodies.page(found.request, found.parsed, some_words=found.some_words)
    answer = engine.search({**body, "aggs": {}, "explain": True})
    hits: list[Mapping[str, Any]] = answer["hits"]["hits"]
    return hits


def _understood(parsed: ParsedQuery) -> Table:
    table = Table("word", "also", "code", title="understood as", title_justify="left", box=None)
    for concept in parsed.concepts:
        also = [*concept.synonyms, concept.runner_up] if concept.runner_up else concept.synonyms
        table.add_row(concept.text, ", ".join(also), concept.code or concept.sku)
    for name, values in (("phrase", parsed.phrases), ("without", parsed.excluded)):
        for value in values:
            table.add_row(f"{name}: {value}")
    return table


def _matched(hit: Mapping[str, Any]) -> Table:
    source, explanation = hit["_source"], hit["_explanation"]
    title = f"{explanation['value']:.2f}  {source['sku']}  {source['name']}"
    table = Table("score", "what matched", title=title, title_justify="left", box=None)
    for value, what in sorted(_parts(explanation), reverse=True):
        if value >= MIN_SHARE * explanation["value"]:
            table.add_row(f"{value:.2f}", what)
    return table


def _parts(explanation: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """The parts of the score that name what matched: the engine's explanation down to its weights and factors."""
    text = explanation["description"]
    if text.startswith(("weight(", "ConstantScore(", "match filter")):
        yield explanation["value"], _plain(text)
    elif text.startswith("function score, product of") and explanation["details"][0]["value"] == 1.0:
        yield explanation["value"], f"factor: {_plain(explanation['details'][0]['description'])}"
    else:
        for detail in explanation["details"]:
            yield from _parts(detail)


def _plain(description: str) -> str:
    """'weight(name:laptop in 7), result of:' -> 'name:laptop'; a word sought in many fields at once is named first."""
    text = description.partition(" in ")[0].removeprefix("weight(").removeprefix("match filter: ")
    combined = _COMBINED.fullmatch(text)
    return f"{combined['word']} in {combined['fields']}" if combined else text
