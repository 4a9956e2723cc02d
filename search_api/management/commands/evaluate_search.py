"""`manage.py evaluate_search`: is the ranking good, and did a change make it better."""

import dataclasses
import json
import random
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from search_api import evaluation
from search_api.errors import EngineUnavailableError

NOTICEABLE = 0.005  # of nDCG; less is not worth a line in a comparison


class Command(BaseCommand):
    help = "Score the ranking on judged queries (CSV: query, sku, grade) or on misspellings (CSV: typo, correct)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("judgements", type=Path, nargs="?", metavar="JUDGEMENTS")
        parser.add_argument("--typos", type=Path, metavar="FILE", help="score these misspellings")
        parser.add_argument("--sample", type=int, metavar="N", help="score only N misspellings, always the same ones")
        parser.add_argument("--every-query", action="store_true", help="also queries with few judged products")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores there, for --compare")
        parser.add_argument("--compare", type=Path, metavar="FILE", help="say what got better and worse since")

    def handle(self, *_: Any, **options: Any) -> None:
        if not options["judgements"] and not options["typos"]:
            raise CommandError("Give a file of judgements, or --typos FILE.")
        try:
            result = self._score(options)
        except EngineUnavailableError as error:
            raise CommandError(f"OpenSearch is away, and the degraded search is not what is scored: {error}") from error
        except (OSError, KeyError, ValueError) as error:
            raise CommandError(f"Cannot read the file: {error!r}") from error
        if options["json"]:
            options["json"].write_text(json.dumps(result, indent=1))
        self._print(result, json.loads(options["compare"].read_text()) if options["compare"] else None)

    def _score(self, options: Mapping[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        if options["judgements"]:
            judgements = evaluation.read_judgements(options["judgements"])
            scores = evaluation.score(judgements if options["every_query"] else evaluation.well_judged(judgements))
            result["totals"] = evaluation.totals(scores)
            result["queries"] = [dataclasses.asdict(row) for row in scores]
        if options["typos"]:
            pairs = _sample(evaluation.read_typos(options["typos"]), options["sample"])
            typo_scores = evaluation.score_typos(pairs)
            result["typo_totals"] = evaluation.typo_totals(typo_scores)
            result["typos"] = [dataclasses.asdict(row) for row in typo_scores]
        return result

    def _print(self, result: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> None:
        console = Console(file=cast("IO[str]", self.stdout), width=110)
        if "queries" in result:
            console.print(_table(result["queries"], ("q", "ndcg", "ndcg_judged", "reciprocal_rank", "recall", "hits")))
        for name in ("totals", "typo_totals"):
            if name in result:
                console.print(_totals(result[name], (earlier or {}).get(name)))
        if earlier and "queries" in earlier:
            console.print(_changes(result["queries"], earlier["queries"]))


def _sample(pairs: list[tuple[str, str]], size: int | None) -> list[tuple[str, str]]:
    if not size or size >= len(pairs):
        return pairs
    return random.Random(1).sample(pairs, size)  # noqa: S311 - the same sample every time is the point


def _table(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> Table:
    table = Table(*columns, box=None)
    for row in sorted(rows, key=lambda row: float(row["ndcg"])):
        table.add_row(*(f"{row[name]:.3f}" if isinstance(row[name], float) else str(row[name]) for name in columns))
    return table


def _totals(now: Mapping[str, float], before: Mapping[str, float] | None) -> Table:
    table = Table("measure", "now", *(["before", "change"] if before else []), box=None)
    for name, value in now.items():
        cells = [name, f"{value:.3f}"]
        if before and name in before:
            cells += [f"{before[name]:.3f}", f"{value - before[name]:+.3f}"]
        table.add_row(*cells)
    return table


def _changes(now: Iterable[Mapping[str, Any]], before: Iterable[Mapping[str, Any]]) -> Table:
    """The queries that got better or worse, the worst loss first."""
    was = {row["q"]: row["ndcg"] for row in before}
    changed = sorted((row["ndcg"] - was[row["q"]], row["q"], row["ndcg"]) for row in now if row["q"] in was)
    table = Table("change", "query", "now", "before", box=None)
    for change, q, ndcg in changed:
        if abs(change) >= NOTICEABLE:
            table.add_row(f"{change:+.3f}", q, f"{ndcg:.3f}", f"{was[q]:.3f}")
    return table
