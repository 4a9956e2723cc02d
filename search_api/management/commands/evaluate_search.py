"""`manage.py evaluate_search`: is the ranking good, and did a change make it better."""

import dataclasses
import json
import random
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from indexing.errors import EngineUnavailableError
from search_api.evaluation import lookups, relevance

LOOKUPS = {"codes": lookups.score_codes, "suggestions": lookups.score_suggestions}
NOTICEABLE = 0.005  # of nDCG; less is not worth a line in a comparison


class Command(BaseCommand):
    help = (
        "Score the ranking on judged queries (CSV: query, sku, grade), on misspellings (CSV: typo, correct), and on "
        "codes and first letters of random products."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("judgements", type=Path, nargs="?", metavar="JUDGEMENTS")
        parser.add_argument("--typos", type=Path, metavar="FILE", help="score these misspellings")
        parser.add_argument(
            "--sample", type=_count, metavar="N", help="score only N misspellings, always the same ones"
        )
        parser.add_argument("--codes", type=_count, metavar="N", help="score SKUs and model codes of N random products")
        parser.add_argument("--suggestions", type=_count, metavar="N", help="score completions of N random first words")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another choice of random ones")
        parser.add_argument("--every-query", action="store_true", help="also queries with few judged products")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores there, for --compare")
        parser.add_argument("--compare", type=Path, metavar="FILE", help="say what got better and worse since")

    def handle(self, *_: Any, **options: Any) -> None:
        if not any(options[name] for name in ("judgements", "typos", "codes", "suggestions")):
            raise CommandError("Give a file of judgements, --typos FILE, --codes N or --suggestions N.")
        try:
            earlier = _earlier(options["compare"]) if options["compare"] else None
            result = self._score(options)
            if options["json"]:
                options["json"].write_text(json.dumps(result, indent=1))
        except EngineUnavailableError as error:
            raise CommandError(f"OpenSearch is away, and the degraded search is not what is scored: {error}") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror or error}") from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        self._print(result, earlier)

    def _score(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **(_judged(options["judgements"], every_query=options["every_query"]) if options["judgements"] else {}),
            **(_misspelt(options["typos"], options["sample"], options["seed"]) if options["typos"] else {}),
            **(_looked_up("codes", options["codes"], options["seed"]) if options["codes"] else {}),
            **(_looked_up("suggestions", options["suggestions"], options["seed"]) if options["suggestions"] else {}),
        }

    def _print(self, result: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> None:
        console = Console(file=cast("IO[str]", self.stdout), width=110)
        if "queries" in result:
            console.print(_table(result["queries"], ("q", "ndcg", "ndcg_judged", "reciprocal_rank", "recall", "hits")))
        for name in LOOKUPS:
            if failed := [row for row in result.get(name, ()) if not row["right"]]:
                console.print(_failures(name, failed))
        for name in ("totals", "typo_totals", *(f"{name}_totals" for name in LOOKUPS)):
            if name in result:
                console.print(_totals(result[name], (earlier or {}).get(name)))
        if earlier and "queries" in earlier:
            console.print(_changes(result["queries"], earlier["queries"]))


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def _earlier(path: Path) -> dict[str, Any]:
    try:
        scores: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path}: this is no file that --json wrote ({error})") from error
    return scores


def _judged(path: Path, *, every_query: bool) -> dict[str, Any]:
    judgements = relevance.read_judgements(path)
    chosen = judgements if every_query else relevance.well_judged(judgements)
    if not chosen:
        raise CommandError("No query has enough judged products. --every-query scores those with few, too.")
    scores = relevance.score(chosen)
    return {"totals": relevance.totals(scores), "queries": [dataclasses.asdict(row) for row in scores]}


def _misspelt(path: Path, size: int | None, seed: int) -> dict[str, Any]:
    pairs = relevance.read_typos(path)
    if size and size < len(pairs):
        pairs = random.Random(seed).sample(pairs, size)  # noqa: S311 - the same sample every time is the point
    scores = relevance.score_typos(pairs)
    return {"typo_totals": relevance.typo_totals(scores), "typos": [dataclasses.asdict(row) for row in scores]}


def _looked_up(name: str, size: int, seed: int) -> dict[str, Any]:
    scores = LOOKUPS[name](size, seed)
    return {f"{name}_totals": lookups.totals(scores), name: [dataclasses.asdict(row) for row in scores]}


def _failures(name: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    table = Table("typed", "wanted", "shown", title=f"{name} that failed", title_justify="left", box=None)
    for row in rows:
        table.add_row(row["typed"], row["wanted"], row["shown"])
    return table


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
