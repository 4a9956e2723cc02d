"""`manage.py explain_search`: why a search has the hits that it has, in words."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from indexing.errors import EngineUnavailableError
from search_api.contracts import SearchRequest
from search_api.engine import client, relaxation, request_body
from search_api.engine.relaxation import Attempt
from search_api.query import synonym_table
from search_api.query.parsing import ParsedQuery, parse

# The engine's descriptions of a match, and a sentence for each; the first pattern that fits counts.
_PLAIN = [
    (re.compile(r"ConstantScore\(#.*"), "every word is found"),
    (re.compile(r"CombinedFieldQuery\(\(.*\)\((.*)\)\)"), r"{}: in name, brand, category, description or attributes"),
    (re.compile(r'name:"(.*)"~\d+'), r"{}: side by side in the name"),
    (re.compile(r"name\.joined:(.*)"), r"{}: as one word or two in the name"),
    (re.compile(r".*\bsku_code:(\w+).*"), r"{}: the SKU"),
    (re.compile(r".*\bcodes:(\w+)\*.*"), r"{}: the prefix of a code"),
    (re.compile(r".*\bcodes:(\w+).*"), r"{}: a code"),
    (re.compile(r".*(?<!-)\b_field_names:accessory.*"), "an accessory that the words do not name"),
    (re.compile(r".*-_field_names:accessory.*"), "of the category that the words name"),
    (re.compile(r".*-(?:in_stock|available_store_ids):.*"), "out of stock"),
]
_WRITTEN = re.compile(r"(?:written|spelling):(\S+)")
FACTOR = "factor: "  # multiplies the score of the words
MIN_SHARE = 0.02  # of a hit's score; smaller parts are not shown


class Command(BaseCommand):
    help = "Show how a query is parsed, how the search was relaxed, and what each hit matched where."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query")
        parser.add_argument("--store", type=int, metavar="ID", help="as seen at this store")
        parser.add_argument("--hits", type=int, default=5, metavar="N")

    def handle(self, *_: Any, **options: Any) -> None:
        request = SearchRequest(q=options["query"], store_id=options["store"], page_size=options["hits"])
        try:
            parsed = parse(request.q, synonym_table.current())
            found = relaxation.find(Attempt(request, parsed, request_body.selected_filters(request)))
            hits = client.search({**found.body, "aggs": {}, "explain": True})["hits"]["hits"]
        except EngineUnavailableError as error:
            raise CommandError(f"OpenSearch is unavailable: {error}") from error
        console = Console(file=cast("IO[str]", self.stdout), width=120)
        console.print(_concepts(found.parsed))
        for note in found.relaxed:
            console.print(f"relaxed ({note['kind']}): {note['message']}", markup=False)
        console.print(f"hits: {found.count:,}", markup=False)
        for hit in hits:
            console.print(_matched(hit))


def _concepts(parsed: ParsedQuery) -> Table:
    table = Table("word", "also", "code", title="parsed as", title_justify="left", box=None)
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
    table = Table("score", "what matched", title=title, title_justify="left", box=None, min_width=80)
    for value, what in sorted(_parts(explanation), reverse=True):
        if what.startswith(FACTOR) or value >= MIN_SHARE * explanation["value"]:
            table.add_row(f"{value:.2f}", what)
    return table


def _parts(explanation: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """The parts of the score that name what matched: the weights and factors."""
    text = explanation["description"]
    if text.startswith(("weight(", "ConstantScore(", "match filter", "codes:")):
        yield explanation["value"], _plain(text)
    elif text.startswith("function score, product of") and explanation["details"][0]["value"] == 1.0:
        yield explanation["value"], f"{FACTOR}{_plain(explanation['details'][0]['description'])}"
    else:
        for detail in explanation["details"]:
            yield from _parts(detail)


def _plain(description: str) -> str:
    """'weight(name.joined:bagpack in 7), ...' -> 'bagpack: as one word or two in the name'."""
    text = description.partition(" in ")[0].removeprefix("weight(").removeprefix("match filter: ")
    for pattern, words in _PLAIN:
        if match := pattern.fullmatch(text):
            return words.format(*match.groups())
    if written := _WRITTEN.findall(text):
        return f"{' '.join(written)}: in the form that was typed"
    return text
