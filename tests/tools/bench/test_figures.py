"""Medians, ratios and spreads over rounds, and whether a target was reached."""

import pytest

from tools.bench.figures import Better, Measure, Series, Target, Verdict, percentile

pytestmark = pytest.mark.unit


def test_percentile_is_one_of_the_values() -> None:
    ordered = [1.0, 2.0, 3.0, 4.0, 100.0]
    assert [percentile(ordered, share) for share in (0.5, 0.8, 0.99, 1.0)] == [3.0, 4.0, 100.0, 100.0]


def test_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_ratio_is_taken_round_by_round_so_that_a_slow_round_cancels_out() -> None:
    measure = Measure("m", "ms", ours=Series((2.0, 20.0, 3.0)), limit=Series((1.0, 10.0, 1.0)))
    assert measure.ratio == Series((2.0, 2.0, 3.0))
    assert measure.judged == 2.0


def test_limit_of_zero_gives_no_ratio_and_no_verdict() -> None:
    measure = Measure("m", "s", ours=Series((5.0,)), limit=Series((0.0,)), target=Target(3.0))
    assert (measure.ratio, measure.judged, measure.verdict) == (None, 5.0, Verdict.INFORMATION)


def test_spread_is_the_range_as_a_share_of_the_median() -> None:
    assert Series((9.0, 10.0, 12.0)).spread == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(1.2, Verdict.STRETCH), (1.4, Verdict.STRETCH), (1.5, Verdict.REACHED), (1.7, Verdict.MISSED)],
)
def test_target_where_lower_is_better(value: float, verdict: Verdict) -> None:
    assert Target(reach=1.6, stretch=1.4).verdict(value) is verdict


@pytest.mark.parametrize(("value", "verdict"), [(0.6, Verdict.STRETCH), (0.4, Verdict.REACHED), (0.39, Verdict.MISSED)])
def test_target_where_higher_is_better(value: float, verdict: Verdict) -> None:
    assert Target(reach=0.4, stretch=0.55, better=Better.HIGHER).verdict(value) is verdict


def test_measure_without_target_is_for_information() -> None:
    assert Measure("m", "ms", ours=Series((1.0,))).verdict is Verdict.INFORMATION
