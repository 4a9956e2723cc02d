"""The commands that score the search, and explain what it finds."""

import json
import math
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from search_api.evaluation.properties import PROPERTIES
from search_api.models import SearchLogEntry
from tests.factories import make_attribute, make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def laptops(shop: Shop) -> Shop:
    for number in range(10):
        make_product(f"Laptop model {number}", sku=f"L{number}", category="Laptops")
    make_product("Laptop bag", sku="BAG")
    shop.refresh()
    return shop


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def judgements(tmp_path: Path) -> Path:
    rows = [f"laptop,L{number},3" for number in range(10)]
    return write(tmp_path / "judgements.csv", "query,sku,grade", *rows, "laptop,BAG,0", "few judged,L1,3")


def test_perfect_ranking_scores_one(laptops: Shop, judgements: Path, tmp_path: Path) -> None:
    del laptops
    call_command("evaluate_search", judgements, json=tmp_path / "scores.json")
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores["totals"] == {
        "queries": 1,
        "ndcg@10": 1.0,
        "ndcg@10 judged only": 1.0,
        "mrr": 1.0,
        "recall@100": 1.0,
        "zero results": 0.0,
    }


def test_evaluation_reads_the_words_as_shoppers_get_them_read(shop: Shop, tmp_path: Path) -> None:
    """Words of price are a filter, and a product with the value that the words name comes first."""
    make_attribute("material")
    make_product("Lamp", sku="MENTIONS", price="90.00", description="For steels")
    make_product("Lamp", sku="STEEL", price="500.00", description="For rails, oaks", attributes={"material": "Steel"})
    shop.refresh()
    rows = ["lamp under 100,MENTIONS,3", "steel lamp,MENTIONS,0", "steel lamp,STEEL,3"]
    judgements = write(tmp_path / "judgements.csv", "query,sku,grade", *rows)
    typos = write(tmp_path / "typos.csv", "typo,correct", "lmap under 100,lamp")
    call_command("evaluate_search", judgements, every_query=True, typos=typos, json=tmp_path / "scores.json")
    scores = json.loads((tmp_path / "scores.json").read_text())
    found = {row["q"]: (row["hits"], row["reciprocal_rank"]) for row in scores["queries"]}
    assert found == {"lamp under 100": (1, 1.0), "steel lamp": (2, 1.0)}
    assert [row["hits"] for row in scores["typos"]] == [1]


def test_comparison_names_queries_that_got_worse(
    laptops: Shop, judgements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del laptops
    earlier = tmp_path / "scores.json"
    call_command("evaluate_search", judgements, json=earlier)
    upside_down = judgements.read_text().replace(",3", ",1").replace("BAG,0", "BAG,3")
    call_command("evaluate_search", write(tmp_path / "other.csv", upside_down), compare=earlier)
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.strip().startswith("-0.")][
        -1:
    ] == ["laptop"]


def test_comparison_shows_the_properties_as_they_were(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.sells("Oak table lamp", "Steel garden chair")
    earlier = tmp_path / "scores.json"
    call_command("evaluate_search", json=earlier)
    scores = json.loads(earlier.read_text())
    scores["own name first_totals"]["right"] = 0.5
    earlier.write_text(json.dumps(scores))
    capsys.readouterr()
    call_command("evaluate_search", compare=earlier)
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["property", "checked", "right", "before"] in shown
    assert ["own", "name", "first", "2", "1.000", "0.500"] in shown
    assert ["not", "empty", "2", "1.000", "1.000"] in shown


def test_every_catalogue_is_checked_without_any_file(shop: Shop, tmp_path: Path) -> None:
    shop.sells("Oak table lamp", "Oak table lamps", "Steel garden chair", "Wi-Fi router")
    call_command("evaluate_search", json=tmp_path / "scores.json")
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert {name: scores[f"{name}_totals"]["right"] for name in PROPERTIES} == dict.fromkeys(PROPERTIES, 1.0)
    assert scores["own name first_totals"]["checked"] == 4


def test_misspellings_are_scored(laptops: Shop, tmp_path: Path) -> None:
    del laptops
    typos = write(tmp_path / "typos.csv", "typo,correct", "latpop,laptop", "xqzvw,laptop")
    call_command("evaluate_search", typos=typos, json=tmp_path / "scores.json")
    totals = json.loads((tmp_path / "scores.json").read_text())["typo_totals"]
    assert totals == {"typos": 2, "any@10": 0.5, "empty": 0.5, "precision@10": 0.5}


def test_singular_of_the_correct_word_does_not_count(laptops: Shop, tmp_path: Path) -> None:
    del laptops
    typos = write(tmp_path / "typos.csv", "typo,correct", "latpops,laptops")
    call_command("evaluate_search", typos=typos, json=tmp_path / "scores.json")
    assert json.loads((tmp_path / "scores.json").read_text())["typo_totals"]["any@10"] == 0.0


def test_codes_are_scored_in_every_spelling(shop: Shop, tmp_path: Path) -> None:
    make_product("HP dv7-1211ea Notebook 8GB", sku="AB-100")
    make_product("HP dv7-1212ea Notebook 8GB", sku="AB-200")
    shop.refresh()
    call_command("evaluate_search", codes=2, json=tmp_path / "scores.json")
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert {row["typed"] for row in scores["codes"] if "AB-100" in row["wanted"]} == {
        *("AB-100", "ab-100", "AB100", "AB 100"),
        *("dv7-1211ea", "DV7-1211EA", "dv71211ea", "dv7 1211ea"),
    }
    assert {row["typed"] for row in scores["codes"] if not row["right"]} == set()
    assert scores["codes_totals"] == {"typed": 16, "right": 1.0}


def test_completions_of_prefixes_are_scored(laptops: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del laptops
    call_command("evaluate_search", suggestions=20, json=tmp_path / "scores.json")
    assert json.loads((tmp_path / "scores.json").read_text())["suggestions_totals"] == {"typed": 1, "right": 1.0}
    assert "right" in capsys.readouterr().out


def test_evaluation_is_not_logged(laptops: Shop, judgements: Path) -> None:
    del laptops
    call_command("evaluate_search", judgements)
    assert not SearchLogEntry.objects.exists()


@pytest.mark.parametrize("option", ["--sample", "--codes", "--suggestions"])
@pytest.mark.parametrize("number", ["-1", "0", "x"])
def test_invalid_number_is_reported_with_its_option(option: str, number: str) -> None:
    with pytest.raises(CommandError, match=f"argument {option}: '{number}' is not a number from 1"):
        call_command("evaluate_search", f"{option}={number}")


@pytest.mark.usefixtures("engine_away")
def test_degraded_search_is_not_scored(judgements: Path) -> None:
    with pytest.raises(CommandError, match="OpenSearch is unavailable"):
        call_command("evaluate_search", judgements)


def test_explanation_names_what_matched_where(laptops: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    del laptops
    call_command("explain_search", "labtop bag")
    shown = " ".join(capsys.readouterr().out.split())
    assert "understood as" in shown
    assert "changed (spelling): Showing results for “laptop bag”." in shown
    assert "hits: 1 with every word" in shown
    assert "laptop bag: side by side in the name" in shown
    assert "it has 2 of the 2 words" in shown
    assert "x 1.30 it is the kind of thing that the query names" in shown
    assert "BAG Laptop bag" in shown


def explained(q: str, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """The score of each hit, and what the explanation says of it, by SKU."""
    call_command("explain_search", q)
    found: dict[str, list[str]] = {}
    for line in capsys.readouterr().out.splitlines():
        match line.split():
            case [score, ("BARE" | "ACME" | "OTHER") as sku, *_]:
                rows = found[sku] = [score]
            case ["score", "what", "matched"]:
                pass
            case words if found and words:
                rows.append(" ".join(words))
    return found


def test_explanation_names_each_factor(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    make_product("Bookshelf speakers", sku="BARE", popularity=500)
    make_product("Small speaker", sku="ACME", brand="Acme", category="Audio > Speakers")
    make_product("Lamp", sku="OTHER", brand="Acme")
    shop.refresh()
    typed = "x 1.20 speakers: in the form that was typed"
    sold_out, kind = "x 0.70 sold out", "x 1.30 it is the kind of thing that the query names"
    of_brand = "x 1.20 it has the brand that the words name"
    only_word = explained("speakers", capsys)
    assert only_word["BARE"][2:] == [sold_out, typed, kind, "x 1.13 units sold"]
    assert only_word["ACME"][2:] == [sold_out, "x 0.60 speakers: in another form", kind]
    two_words = explained("acme speakers", capsys)
    as_typed = "x 1.20 acme: in the form that was typed"
    has_both = [f"it has {number} of the 2 words" for number in (2, 1)]
    assert two_words["ACME"][-5:] == [has_both[0], sold_out, as_typed, kind, of_brand]
    assert two_words["OTHER"][2:] == [has_both[1], sold_out, as_typed, of_brand]
    assert explained("acme bookshelf speakers", capsys)["OTHER"][2] == "x 0.33 it has 1 of the 3 words"


def test_score_is_the_product_of_what_is_explained(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    make_product("Bookshelf speakers", sku="BARE", popularity=500, category="Audio > Speakers")
    make_product("Speaker stand", sku="OTHER")
    shop.sells(*map("Lamp {}".format, range(20)))  # a rare word scores more than its rounding
    for score, words, *factors in explained("speakers", capsys).values():
        product = math.prod(float(row.split()[1]) for row in factors)
        assert float(score) == pytest.approx(float(words.split()[0]) * product, rel=0.05)  # of rounded numbers


def test_explanation_names_quoted_words_and_values_of_attributes(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    make_attribute("size", "number", unit="EU")
    make_product("Black shoes", sku="BARE", description="Made by hand", attributes={"size": 42})
    shop.refresh()
    assert "10.00 it has the value of an attribute that the words name" in explained("shoes size 42", capsys)["BARE"]
    quoted = [row.partition(" ")[2] for row in explained('"made by hand" shoes', capsys)["BARE"]]
    assert "made by hand: side by side, as in the quotes" in quoted


def test_explanation_reads_an_amount_as_the_search_does(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    make_product("Packing tape", brand="3M")
    make_product("HDMI cable 3 m", brand="Belkin")
    shop.refresh()
    read = {}
    for q in ("3m tape", "hdmi cable 3m"):
        call_command("explain_search", q)
        read[q] = "“3m” is read as: brand 3M" in capsys.readouterr().out
    assert read == {"3m tape": True, "hdmi cable 3m": False}


def refusal(**options: Path) -> str:
    judgements = options.pop("judgements", None)
    with pytest.raises(CommandError) as error:
        call_command("evaluate_search", *([judgements] if judgements else []), **options)
    return str(error.value)


def test_file_that_cannot_be_scored_is_reported_with_the_reason(tmp_path: Path) -> None:
    missing = tmp_path / "none.csv"
    other = write(tmp_path / "other.csv", "q,sku,rating", "laptop,L1,3")
    odd = write(tmp_path / "odd.csv", "query,sku,grade", "laptop,L1,3", "laptop,L2")
    latin = tmp_path / "latin.csv"
    latin.write_bytes("typo,correct\nclé,clef\n".encode("latin-1"))
    assert refusal(judgements=missing) == f"{missing}: No such file or directory"
    assert refusal(typos=missing) == f"{missing}: No such file or directory"
    assert refusal(judgements=other) == f"{other}: it has no column query, grade; it needs query, sku, grade"
    assert refusal(typos=other) == f"{other}: it has no column typo, correct; it needs typo, correct"
    assert refusal(judgements=odd) == f"{odd}:3: grade: '' is none of 0, 1, 2, 3"
    assert refusal(typos=latin).startswith(f"{latin}: 'utf-8' codec can't decode byte")
    assert refusal(compare=other, judgements=other).startswith(f"{other}: this is no file that --json wrote")
