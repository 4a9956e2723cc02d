"""How fast one piece of work is done."""

import time
from collections.abc import Callable


def per_second(units: int, work: Callable[[], object]) -> dict[str, float]:
    """`per_second` of the units that the work goes through."""
    began = time.perf_counter()
    work()
    return {"per_second": units / (time.perf_counter() - began)}
