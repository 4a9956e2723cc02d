"""How long a web process needs from its start to its first answers."""

import subprocess
import sys
import time
from collections.abc import Iterator

from tools.bench.figures import Measure
from tools.bench.load import Load
from tools.bench.queries import search_requests, searches
from tools.bench.rig import Rig
from tools.bench.rounds import interleave
from tools.devstack.state import CHECKOUT

MOST_ROUNDS = 3


def startup(rig: Rig) -> Iterator[Measure]:
    """From nothing to ready, beside a Python process that only imports the project."""

    def web() -> dict[str, float]:
        began = time.perf_counter()
        with rig.web_with({}) as url:
            ready = time.perf_counter() - began
            first = Load(url, search_requests(searches(1)), seconds=0.001).run_figures()
        return {"ready": ready * 1000, "first search": first["max"]}

    def imports() -> dict[str, float]:
        began = time.perf_counter()
        program = "import django; django.setup(); import backend.urls"
        subprocess.run([sys.executable, "-c", program], check=True, cwd=CHECKOUT, env={**rig.environment})
        return {"done": (time.perf_counter() - began) * 1000}

    rounds = interleave(min(rig.effort.rounds, MOST_ROUNDS), {"web": web, "imports": imports}, warm_up=False)
    yield Measure(
        "web server: start to ready / importing the project",
        "ms",
        ours=rounds["web"]["ready"],
        limit=rounds["imports"]["done"],
        limit_name="django.setup()",
        details={"first search ms": rounds["web"]["first search"].median},
    )
