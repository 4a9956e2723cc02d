"""Whether a web process grows while it serves."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import psutil

from tools.bench.errors import BenchError
from tools.bench.figures import Measure, Series, Target
from tools.bench.load import Load
from tools.bench.queries import prefixes, search_requests, searches, suggest_requests
from tools.bench.rig import Rig

EARLY, LATE = 1_000, 100_000  # requests served
QUICK_EARLY, QUICK_LATE = 50, 200
SEARCHES, SUGGESTIONS = 190, 10  # different ones
CONNECTIONS = 8
STEP_SECONDS = 5.0
MB = 1_000_000
KEEP_WORKERS = {"WEB_MAX_REQUESTS": "0"}  # replacing a worker would hide its growth


def memory(rig: Rig) -> Iterator[Measure]:
    """Resident memory of the web server after many requests, most of them cached."""
    early, late = (QUICK_EARLY, QUICK_LATE) if rig.effort.quick else (EARLY, LATE)
    requests = search_requests(searches(SEARCHES)) + suggest_requests(prefixes(SUGGESTIONS))
    with rig.web_with(KEEP_WORKERS) as url:
        load = Load(url, requests, seconds=min(STEP_SECONDS, rig.effort.seconds), connections=CONNECTIONS)
        served = _serve(load, 0, early)
        before = _resident(url)
        _serve(load, served, late)
        after = _resident(url)
    yield Measure(
        f"web memory after {late:,} requests / after {early:,}",
        "MB",
        ours=Series((sum(after) / MB,)),
        limit=Series((sum(before) / MB,)),
        limit_name=f"after {early:,}",
        target=Target(1.05, 1.02),
        details={"processes": float(len(after)), "largest process MB": max(after) / MB},
    )


def _serve(load: Load, served: int, wanted: int) -> int:
    """Run the load until `wanted` requests are served; the number of requests served."""
    while served < wanted:
        served += len(load.run().milliseconds)
        load = replace(load, seconds=STEP_SECONDS)
    return served


def _resident(url: str) -> list[int]:
    """Bytes of each process that serves the port, the parent included."""
    port = urlsplit(url).port
    listening = [
        process
        for process in psutil.Process().children(recursive=True)
        if any(each.laddr.port == port and each.status == psutil.CONN_LISTEN for each in process.net_connections())
    ]
    if not listening:
        raise BenchError(f"no process listens on {url}")
    return [process.memory_info().rss for process in listening]
