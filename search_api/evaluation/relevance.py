"""How good the ranking is, on queries with human judgements, and on real misspellings.

The gain of a grade is 2^grade - 1. Needs `ir-measures`, a development package.
"""

import collections
import csv
import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import fmean

from products.models import Product
from search_api.contracts import SearchRequest
from search_api.evaluation.searching import search

DEPTH = 100  # hits of a judged query that count
MIN_JUDGED = 10  # products; with fewer a score is chance
RELEVANT = 2  # from this grade a product answers the query
GRADES = ("0", "1", "2", "3")
GAINS = {1: 1, 2: 3, 3: 7}
TYPO_DEPTH = 10

_WORD = re.compile(r"[^\W_]+")

Judgements = dict[str, dict[str, int]]


@dataclasses.dataclass(frozen=True, slots=True)
class QueryScore:
    q: str
    ndcg: float  # @10, unjudged products count as wrong
    ndcg_judged: float  # @10, unjudged products left out
    reciprocal_rank: float
    recall: float  # @100
    hits: int


@dataclasses.dataclass(frozen=True, slots=True)
class TypoScore:
    typo: str
    meant: str
    hits: int
    right: int  # of the first ten hits, those with the correct word in their name or description


def read_judgements(path: Path) -> Judgements:
    """Grades by query and SKU from a CSV file with the columns query, sku, grade."""
    judgements: Judgements = collections.defaultdict(dict)
    for line, row in _rows(path, ("query", "sku", "grade")):
        if row["grade"] not in GRADES:
            raise ValueError(f"{path}:{line}: grade: {row['grade']!r} is none of {', '.join(GRADES)}")
        judgements[row["query"]][row["sku"]] = int(row["grade"])
    return dict(judgements)


def well_judged(judgements: Judgements) -> Judgements:
    return {
        q: grades for q, grades in judgements.items() if len(grades) >= MIN_JUDGED and max(grades.values()) >= RELEVANT
    }


def score(judgements: Judgements) -> list[QueryScore]:
    """One score for each query; EngineUnavailableError, as a degraded ranking is another one."""
    import ir_measures  # noqa: PLC0415 - a development package: the rest of the project runs without it

    ndcg = ir_measures.nDCG(gains=GAINS) @ 10
    ndcg_judged = ir_measures.nDCG(gains=GAINS, judged_only=True) @ 10
    rank, recall = ir_measures.RR(rel=RELEVANT), ir_measures.R(rel=RELEVANT) @ DEPTH
    found = {q: search(SearchRequest(q=q, page_size=DEPTH)) for q in judgements}
    grades = [ir_measures.Qrel(q, sku, grade) for q, row in judgements.items() for sku, grade in row.items()]
    run = [
        ir_measures.ScoredDoc(q, hit["sku"], float(-place))
        for q, answer in found.items()
        for place, hit in enumerate(answer.results)
    ]
    measured = ir_measures.iter_calc([ndcg, ndcg_judged, rank, recall], grades, run)
    values = {(one.query_id, one.measure): one.value for one in measured}
    return [
        QueryScore(
            q,
            ndcg=values[q, ndcg],
            ndcg_judged=values.get((q, ndcg_judged), 0.0),
            reciprocal_rank=values[q, rank],
            recall=values[q, recall],
            hits=found[q].count,
        )
        for q in judgements
    ]


def totals(scores: Iterable[QueryScore]) -> dict[str, float]:
    """The means over all queries, and the share of them that found nothing."""
    rows = list(scores)
    return {
        "queries": len(rows),
        "ndcg@10": fmean(row.ndcg for row in rows),
        "ndcg@10 judged only": fmean(row.ndcg_judged for row in rows),
        "mrr": fmean(row.reciprocal_rank for row in rows),
        "recall@100": fmean(row.recall for row in rows),
        "zero results": fmean(not row.hits for row in rows),
    }


def read_typos(path: Path) -> list[tuple[str, str]]:
    """Misspellings with the correct words, from a CSV file with the columns typo, correct."""
    return [(row["typo"], row["correct"]) for _, row in _rows(path, ("typo", "correct"))]


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers. A ValueError names the file and the fault."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, restval="")
        try:
            if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
                wrong = f"it has no column {', '.join(missing)}; it needs {', '.join(columns)}"
                raise ValueError(wrong)  # noqa: TRY301 - the name of the file is added below, as to every other error
            yield from ((reader.line_num, row) for row in reader)
        except (csv.Error, ValueError) as error:
            raise ValueError(f"{path}: {error}") from error


def score_typos(pairs: Iterable[tuple[str, str]]) -> list[TypoScore]:
    """One score for each misspelling; EngineUnavailableError."""
    scores = []
    for typo, meant in pairs:
        hits = search(SearchRequest(q=typo, page_size=TYPO_DEPTH)).results
        products = Product.objects.in_bulk([hit["id"] for hit in hits])
        texts = [f"{products[hit['id']].name} {products[hit['id']].description}" for hit in hits]
        # The exact word counts: its plural, for example, is another word.
        right = sum(meant.lower() in _WORD.findall(text.lower()) for text in texts)
        scores.append(TypoScore(typo, meant, len(hits), right))
    return scores


def typo_totals(scores: Iterable[TypoScore]) -> dict[str, float]:
    rows = list(scores)
    return {
        "typos": len(rows),
        "any@10": fmean(row.right > 0 for row in rows),
        "empty": fmean(not row.hits for row in rows),
        "precision@10": fmean(row.right / row.hits if row.hits else 0.0 for row in rows),
    }
