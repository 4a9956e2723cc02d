"""`manage.py evaluate_search`: how good the ranking is, and whether a change improved it."""

import dataclasses
import json
import random
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.table import Table

from indexing.errors import EngineUnavailableError
from search_api.evaluation import lookups, properties, relevance

LOOKUPS = {"codes": lookups.score_codes, "suggestions": lookups.score_suggestions}
QUERY_COLUMNS = ("q", "ndcg", "ndcg_judged", "reciprocal_rank", "recall", "hits")
DEFAULT_SAMPLE = 1_000  # products
MAX_SHOWN = 20  # failures of a property
NOTICEABLE = 0.005  # of nDCG; smaller changes are left out of a comparison


class Command(BaseCommand):
    help = (
        "Score the ranking on judged queries (CSV: query, sku, grade), on misspellings (CSV: typo, correct), on codes "
        "and prefixes of random products, and, without any file, on what must hold for every catalogue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("judgements", type=Path, nargs="?", metavar="JUDGEMENTS")
        parser.add_argument("--typos", type=Path, metavar="FILE", help="score these misspellings")
        parser.add_argument(
            "--sample", type=_count, metavar="N", help="score only N misspellings, always the same ones"
        )
        parser.add_argument("--codes", type=_count, metavar="N", help="score SKUs and model codes of N random products")
        parser.add_argument("--suggestions", type=_count, metavar="N", help="score completions of N random first words")
        parser.add_argument(
            "--properties",
            type=_count,
            metavar="N",
            help="for N random products: own name first, singular and plural, spelling variants, empty answers; "
            "1,000 when nothing else is given",
        )
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="select other random products and words")
        parser.add_argument("--every-query", action="store_true", help="also queries with few judged products")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores to a file, for --compare")
        parser.add_argument("--compare", type=Path, metavar="FILE", help="show what improved or got worse since")

    def handle(self, *_: Any, **options: Any) -> None:
        if not any(options[name] for name in ("judgements", "typos", "properties", *LOOKUPS)):
            options["properties"] = DEFAULT_SAMPLE
        connection.ensure_connection()  # a search without PostgreSQL is not what shoppers get
        try:
            earlier = _read_scores(options["compare"]) if options["compare"] else {}
            scores = _score(options)
            if options["json"]:
                options["json"].write_text(json.dumps(scores, indent=1))
        except EngineUnavailableError as error:
            raise CommandError(f"OpenSearch is unavailable, and a degraded search is not scored: {error}") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror or error}") from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        console = Console(file=cast("IO[str]", self.stdout), width=110)
        for table in _tables(scores, earlier):
            console.print(table)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def _read_scores(path: Path) -> dict[str, Any]:
    try:
        scores: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path}: this is no file that --json wrote ({error})") from error
    return scores


def _score(options: Mapping[str, Any]) -> dict[str, Any]:
    scores: dict[str, Any] = {}
    if options["judgements"]:
        judgements = relevance.read_judgements(options["judgements"])
        selected = judgements if options["every_query"] else relevance.well_judged(judgements)
        if not selected:
            raise CommandError("No query has enough judged products. --every-query scores those with few, too.")
        queries = relevance.score(selected)
        scores |= {"totals": relevance.totals(queries), "queries": [dataclasses.asdict(row) for row in queries]}
    if options["typos"]:
        pairs = relevance.read_typos(options["typos"])
        if (size := options["sample"]) and size < len(pairs):
            pairs = random.Random(options["seed"]).sample(pairs, size)  # noqa: S311 - the same ones every time
        typos = relevance.score_typos(pairs)
        scores |= {"typo_totals": relevance.typo_totals(typos), "typos": [dataclasses.asdict(row) for row in typos]}
    for name, score in LOOKUPS.items():
        if options[name]:
            rows = score(options[name], options["seed"])
            scores |= {f"{name}_totals": lookups.totals(rows), name: [dataclasses.asdict(row) for row in rows]}
    if options["properties"]:
        for name, check in properties.PROPERTIES.items():
            checks = check(options["properties"], options["seed"])
            failed = [dataclasses.asdict(row) for row in checks if not row.right]
            scores |= {f"{name}_totals": properties.totals(checks), f"{name}_failed": failed}
    return scores


def _tables(scores: Mapping[str, Any], earlier: Mapping[str, Any]) -> list[Table]:
    tables = []
    if "queries" in scores:
        queries = Table(*QUERY_COLUMNS, box=None)
        for row in sorted(scores["queries"], key=lambda row: float(row["ndcg"])):
            values = (row[name] for name in QUERY_COLUMNS)
            queries.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in values))
        tables.append(queries)
    for name in LOOKUPS:
        if failed := [row for row in scores.get(name, ()) if not row["right"]]:
            title = f"{name} that failed"
            failures = Table("typed", "wanted", "shown", title=title, title_justify="left", box=None)
            for row in failed:
                failures.add_row(row["typed"], row["wanted"], row["shown"])
            tables.append(failures)
    totals = ("totals", "typo_totals", *(f"{name}_totals" for name in LOOKUPS))
    tables += [_totals(scores[name], earlier.get(name)) for name in totals if name in scores]
    tables += _property_tables(scores, earlier)
    if "queries" in scores and "queries" in earlier:
        tables.append(_changes(scores["queries"], earlier["queries"]))
    return tables


def _property_tables(scores: Mapping[str, Any], earlier: Mapping[str, Any]) -> list[Table]:
    found = {name: scores[f"{name}_totals"] for name in properties.PROPERTIES if f"{name}_totals" in scores}
    if not found:
        return []
    before = {name: f"{earlier[f'{name}_totals']['right']:.3f}" for name in found if f"{name}_totals" in earlier}
    shares = Table("property", "checked", "right", *(["before"] if before else []), box=None)
    failures = Table("property", "typed", "other", "shown", title="failed", title_justify="left", box=None)
    for name, total in found.items():
        cells = [name, f"{total['checked']:,}", f"{total['right']:.3f}"]
        shares.add_row(*cells, *([before.get(name, "")] if before else []))
        for row in scores[f"{name}_failed"][:MAX_SHOWN]:
            failures.add_row(name, row["typed"], row["other"], row["shown"])
    return [failures, shares] if failures.row_count else [shares]


def _totals(now: Mapping[str, float], before: Mapping[str, float] | None) -> Table:
    table = Table("measure", "now", *(["before", "change"] if before else []), box=None)
    for name, value in now.items():
        cells = [name, f"{value:.3f}"]
        if before and name in before:
            cells += [f"{before[name]:.3f}", f"{value - before[name]:+.3f}"]
        table.add_row(*cells)
    return table


def _changes(now: list[Mapping[str, Any]], before: list[Mapping[str, Any]]) -> Table:
    """The queries that improved or got worse, the largest loss first."""
    ndcg_before = {row["q"]: row["ndcg"] for row in before}
    queries = [(row["q"], row["ndcg"], ndcg_before[row["q"]]) for row in now if row["q"] in ndcg_before]
    table = Table("change", "query", "now", "before", box=None)
    for change, q, ndcg, earlier in sorted((ndcg - earlier, q, ndcg, earlier) for q, ndcg, earlier in queries):
        if abs(change) >= NOTICEABLE:
            table.add_row(f"{change:+.3f}", q, f"{ndcg:.3f}", f"{earlier:.3f}")
    return table
