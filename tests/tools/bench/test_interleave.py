"""The sides of a comparison are measured in turns."""

import pytest

from tools.bench.figures import Series
from tools.bench.rounds import interleave

pytestmark = pytest.mark.unit


class Recorder:
    """Sides that record the order in which they ran, and return a growing figure."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def side(self, name: str) -> dict[str, float]:
        self.ran.append(name)
        return {"value": float(len(self.ran))}


def test_order_is_reversed_every_other_round() -> None:
    recorder = Recorder()
    interleave(3, {"a": lambda: recorder.side("a"), "b": lambda: recorder.side("b")}, warm_up=False)
    assert "".join(recorder.ran) == "abbaab"


def test_figures_of_the_warm_up_are_dropped() -> None:
    recorder = Recorder()
    outcome = interleave(2, {"a": lambda: recorder.side("a")})
    assert outcome == {"a": {"value": Series((2.0, 3.0))}}
