"""`manage.py explain_search`: why a search has the hits that it has, in words."""

import math
import re
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from indexing.errors import EngineUnavailableError
from indexing.shown_fields import Shown
from search_api import services
from search_api.contracts import SearchRequest
from search_api.engine import client, hit_fields, pages, relaxation, text_query
from search_api.engine.attempt import Attempt
from search_api.query.parsing import Match, ParsedQuery

# What the engine says of a match, and a sentence for each; the first pattern that fits counts.
_PLAIN = [
    (re.compile(r"CombinedFieldQuery\(\(.*\)\((.*)\)\)"), r"{}: in name, brand, category, description or attributes"),
    (re.compile(r'name_terms:"(.*)"'), r"{}: side by side in the name, as in the query"),
    (re.compile(r'\w+_terms:"(.*)"'), r"{}: side by side, as in the quotes"),
    (re.compile(r".*\battribute_terms:.*"), "it has the value of an attribute that the words name"),
    (re.compile(r"pairs:(.*)"), r"{}: two words of the name that are one in the query"),
    (re.compile(r".*\bsku_code:(\w+).*"), r"{}: the SKU"),
    (re.compile(r".*\bcodes:(\w+)\*.*"), r"{}: the prefix of a code"),
    (re.compile(r".*\bcodes:(\w+).*"), r"{}: a code"),
    (re.compile(r".*\bname_words:(\w+).*"), r"{}: a word of the name begins nearly so"),
]
# The factors: the weight, what the engine says of the filter, and a sentence. Two factors may have the same weight.
_FACTORS = [
    (text_query.WHOLE_NAME, re.compile("whole_name:"), "its whole name was typed"),
    (text_query.EXACT_FORM, re.compile(r"written:(\S+)"), "{}: in the form that was typed"),
    (text_query.OTHER_FORM_OF_ONLY_WORD, re.compile(r"-written:(\S+)"), "{}: in another form"),
    (text_query.NAMED_KIND, re.compile("kind:"), "it is the kind of thing that the query names"),
    (
        text_query.OTHER_KIND,
        re.compile("-kind:"),
        "it is another kind of thing, an accessory of the one that the query names",
    ),
    (text_query.UNAVAILABLE, re.compile(""), "sold out"),
    (text_query.NAMED_VALUE, re.compile("brand_key:"), "it has the brand that the words name"),
    (text_query.NAMED_VALUE, re.compile("attribute_terms:"), "it has the value that the words name"),
]
_FACTOR = "match filter: "
MIN_SHARE = 0.02  # of a hit's score; smaller parts are not shown


class Command(BaseCommand):
    help = "Show how a query is understood, how the search was relaxed, and what each hit matched where."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query")
        parser.add_argument("--store", type=int, metavar="ID", help="as seen at this store")
        parser.add_argument("--hits", type=int, default=5, metavar="N")

    def handle(self, *_: Any, **options: Any) -> None:
        request = SearchRequest(q=options["query"], store_id=options["store"], page_size=options["hits"])
        try:
            reading = services.read_words(request)
            found = relaxation.find(pages.first_attempt(reading.request, services.named_values(reading.request)))
            hits = client.search({**found.page_body, "explain": True})["hits"]["hits"]
            shown = hit_fields.shown(hits)
        except EngineUnavailableError as error:
            raise CommandError(f"OpenSearch is unavailable: {error}") from error
        console = Console(file=cast("IO[str]", self.stdout), width=120)
        console.print(_words(found.parsed))
        brands = [shown[hit_fields.product_id(hit)]["brand"] for hit in hits if not found.missing_words(hit)]
        for each in (*reading.interpreted, *pages.interpreted(found, brands)):
            meant = ", ".join(f"{name} {' or '.join(values)}" for name, values in each["parameters"].items())
            console.print(f"“{each['text']}” is read as: {meant}", markup=False)
        for note in found.relaxed:
            console.print(f"changed ({note['kind']}): {note['message']}", markup=False)
        console.print(f"hits: {found.count_every_word:,} with every word, {found.count:,} in all", markup=False)
        for hit in hits:
            console.print(_matched(hit, shown[hit_fields.product_id(hit)], found))


def _words(parsed: ParsedQuery) -> Table:
    table = Table("word", "also", "code", "", title="understood as", title_justify="left", box=None)
    for place, concept in enumerate(parsed.concepts):
        also = [" ".join(form.stems) for form in concept.forms[1:] if form.match is Match.WORDS]
        codes = [form.stems[0] for form in concept.forms if form.match in (Match.SKU, Match.CODE, Match.JOINED_CODE)]
        kind = "the kind of thing" if place == parsed.head else ""
        table.add_row(concept.text, ", ".join(also), ", ".join(dict.fromkeys(codes)), kind)
    for name, values in (("phrase", parsed.phrases), ("without", parsed.excluded)):
        for value in values:
            table.add_row(f"{name}: {value}")
    return table


def _matched(hit: Mapping[str, Any], shown: Shown, found: Attempt) -> Table:
    explanation = hit["_explanation"]
    score = explanation["value"]
    scaled: list[tuple[str, str]] = []
    if found.best_by_words:  # explained as a sum of two scores, each with its weight
        (explanation, weight), (by_meaning, its_weight) = (part["details"] for part in explanation["details"])
        scaled.append((f"x {weight['value']:.2f}", "so that the best product by words has 1"))
        like = f"its meaning is like that of the query: {by_meaning['value'] - 1:.2f} of 1"
        scaled.append((f"+ {by_meaning['value'] * its_weight['value']:.2f}", like))
    has_every_word = found.parsed.concepts and not found.missing_words(hit)
    title = f"{score / text_query.EVERY_WORD if has_every_word else score:.2f}  {shown['sku']}  {shown['name']}"
    table = Table("score", "what matched", title=title, title_justify="left", box=None, min_width=80)
    parts, factors = dict[str, float](), list[tuple[str, str]]()
    for value, what, is_factor in _parts(explanation):
        if is_factor:
            factors.append((f"x {value:.2f}", what))
        else:
            parts[what] = value
    largest = [(value, what) for what, value in parts.items() if value >= MIN_SHARE * sum(parts.values())]
    for value, what in sorted(largest, reverse=True):
        table.add_row(f"{value:.2f}", what)
    total = len(found.parsed.concepts)
    if total > 1:
        matched = sum(name.isdecimal() for name in hit.get("matched_queries", ()))
        share = f"x {matched / total:.2f}" if text_query.has_share(total) else ""
        table.add_row(share, f"it has {matched} of the {total} words")
    for factor in factors:
        table.add_row(*factor)
    for row in scaled:
        table.add_row(*row)
    return table


def _parts(explanation: Mapping[str, Any]) -> Iterator[tuple[float, str, bool]]:
    """The parts of the score that name what matched, and the factors, which multiply it."""
    text, value, details = explanation["description"], explanation["value"], explanation["details"]
    if text.startswith(("weight(", "ConstantScore(", "codes:")):
        yield value, _plain(text), False
    elif text.startswith("function score, product of") and details[0]["description"].startswith(_FACTOR):
        filter_ = details[0]["description"].removeprefix(_FACTOR)
        for weight, pattern, sentence in _FACTORS:
            if math.isclose(weight, value, rel_tol=1e-3) and (match := pattern.match(filter_)):
                yield value, sentence.format(*match.groups()), True
                break
    elif text.startswith("field value function:"):
        if value:
            yield 1 + text_query.POPULARITY * value, "units sold", True
    else:
        for detail in details:
            yield from _parts(detail)


def _plain(description: str) -> str:
    """'weight(pairs:bagpack in 7), ...' -> 'bagpack: two words of the name that are one in the query'."""
    text = description.partition(" in ")[0].removeprefix("weight(")
    for pattern, words in _PLAIN:
        if match := pattern.fullmatch(text):
            return words.format(*match.groups())
    return text
