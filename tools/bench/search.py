"""Search and suggestions beside the same requests sent straight to OpenSearch."""

from collections.abc import Iterator

from products.models import Product
from stores.models import Store
from tools.bench.figures import Better, Measure, Target
from tools.bench.load import Load
from tools.bench.queries import prefixes, search_requests, searches, suggest_requests
from tools.bench.replay import engine_requests
from tools.bench.rig import Rig
from tools.bench.rounds import Outcome, interleave
from tools.bench.system import UNCACHED
from tools.bench.wire import Request

CONNECTIONS = 8
WARM_UP = 4  # times the effort's seconds
RAW = "the same request, raw"


def search(rig: Rig) -> Iterator[Measure]:
    """Hits, facets and highlights of one page, without the result cache."""
    with rig.web_with(UNCACHED) as web:
        api, raw = engine_requests(search_requests(searches(rig.effort.queries)))
        one = _beside_raw(rig, web, api, raw, connections=1)
        many = _beside_raw(rig, web, api, raw, connections=CONNECTIONS)
    share = {"queries answered by one engine request %": 100 * len(api) / rig.effort.queries}
    yield _latency("search API p50 / raw, 1 client", one, Target(1.6, 1.4), share)
    added = one["api"]["p50"].minus(one["raw"]["p50"])
    yield Measure("search API p50 - raw, 1 client", "ms", added, target=Target(2.5))
    yield from _at_the_same_rate("search", one)
    yield _throughput("search API requests/s / raw, 8 connections", many, Target(0.33, 0.45, Better.HIGHER))
    again = one["raw again"]["p50"]
    yield Measure("noise: raw p50 / raw p50 again", "ms", again, one["raw"]["p50"], "the same requests")


def suggest(rig: Rig) -> Iterator[Measure]:
    """Completions of a few letters, without the result cache."""
    with rig.web_with(UNCACHED) as web:
        api, raw = engine_requests(suggest_requests(prefixes(rig.effort.queries)))
        one = _beside_raw(rig, web, api, raw, connections=1)
    yield _latency("suggest API p50 / raw, 1 client", one, Target(1.8, 1.5), {})
    yield from _at_the_same_rate("suggest", one)


def engine_time(rig: Rig) -> Iterator[Measure]:
    """The time of OpenSearch itself for a suggestion and for a search."""
    _, suggesting = engine_requests(suggest_requests(prefixes(rig.effort.queries)))
    _, searching = engine_requests(search_requests(searches(rig.effort.queries)))
    rounds = interleave(
        rig.effort.rounds,
        {
            "suggest": Load(rig.opensearch, suggesting, rig.effort.seconds).run_figures,
            "search": Load(rig.opensearch, searching, rig.effort.seconds).run_figures,
        },
    )
    yield Measure(
        "engine time of suggest / of search, p50",
        "ms",
        ours=rounds["suggest"]["p50"],
        limit=rounds["search"]["p50"],
        limit_name="search",
        target=Target(0.5),
    )


def store_filter(rig: Rig) -> Iterator[Measure]:
    """Products in stock in one store, beside the same words without a store."""
    store = Store.objects.order_by("-id")[0]
    texts = searches(rig.effort.queries)
    with rig.web_with(UNCACHED) as web:
        here, _ = engine_requests(search_requests(texts, store_id=store.pk, in_stock="true"))
        anywhere = [Request(request.path.partition("&")[0]) for request in here]
        _warm(web, [*here, *anywhere], rig.effort.seconds)
        within = Load(web, here, rig.effort.seconds)
        without = Load(web, anywhere, rig.effort.seconds)
        rounds = interleave(rig.effort.rounds, {"within": within.run_figures, "without": without.run_figures})
    yield Measure(
        f"search in one of {Store.objects.count():,} stores / without a store, p50",
        "ms",
        ours=rounds["within"]["p50"],
        limit=rounds["without"]["p50"],
        limit_name="no store",
        target=Target(1.25, 1.1),
    )


def facets(rig: Rig) -> Iterator[Measure]:
    """A search with a brand, a category and a price range: every facet has its own filters."""
    product = Product.objects.searchable().exclude(brand="").exclude(category=None).select_related("category")[0]
    filters = {"brand": product.brand, "category": str(product.category), "price_min": 1, "price_max": 10_000}
    api, raw = engine_requests(search_requests([""], **filters))
    with rig.web_with(UNCACHED) as web:
        rounds = _beside_raw(rig, web, api, raw, connections=1)
    yield _latency("faceted search p50 / raw, 1 client", rounds, Target(1.6, 1.4), {})


def cached(rig: Rig) -> Iterator[Measure]:
    """Searches answered from the result cache, beside OpenSearch answering them."""
    api, raw = engine_requests(search_requests(searches(rig.effort.queries)))
    rounds = interleave(
        rig.effort.rounds,
        {
            "api": Load(rig.web, api, rig.effort.seconds, CONNECTIONS).run_figures,
            "raw": Load(rig.opensearch, raw, rig.effort.seconds, CONNECTIONS).run_figures,
        },
    )
    yield _throughput("cached search requests/s / raw, 8 connections", rounds, Target(1.0, 1.5, Better.HIGHER))


def open_loop(rig: Rig) -> Iterator[Measure]:
    """Latencies at a fixed rate of requests: half of what a closed loop reaches."""
    requests = search_requests(searches(rig.effort.queries))
    with rig.web_with(UNCACHED) as web:
        most = Load(web, requests, rig.effort.seconds, CONNECTIONS).run_figures()["per_second"]
        load = Load(web, requests, 2 * rig.effort.seconds, 4 * CONNECTIONS, rate=max(1.0, most / 2))
        rounds = interleave(rig.effort.rounds, {"api": load.run_figures}, warm_up=False)
    details = {f"{name} ms": rounds["api"][name].median for name in ("p50", "p95", "max")}
    yield Measure(
        "search API p99 at half of its highest rate",
        "ms",
        ours=rounds["api"]["p99"],
        details={"rate per second": most / 2, **details},
    )


def _warm(web: str, requests: list[Request], seconds: float) -> None:
    """Fill the caches of every web process, so that it does not matter which one answers."""
    Load(web, requests, WARM_UP * seconds, CONNECTIONS).run()


def _beside_raw(rig: Rig, web: str, api: list[Request], raw: list[Request], *, connections: int) -> Outcome:
    seconds = rig.effort.seconds
    _warm(web, api, seconds)
    sides = {
        "api": Load(web, api, seconds, connections).run_figures,
        "raw": Load(rig.opensearch, raw, seconds, connections).run_figures,
        "raw again": Load(rig.opensearch, raw, seconds, connections).run_figures,
    }
    if connections == 1:
        rate = Load(web, api, seconds).run_figures()["per_second"]
        sides["raw, same rate"] = Load(rig.opensearch, raw, seconds, rate=rate).run_figures
    return interleave(rig.effort.rounds, sides)


def _latency(name: str, rounds: Outcome, target: Target, details: dict[str, float]) -> Measure:
    ours, limit = rounds["api"], rounds["raw"]
    tails = {f"{side} {tail} ms": rounds[side][tail].median for side in ("api", "raw") for tail in ("p95", "p99")}
    return Measure(name, "ms", ours["p50"], limit["p50"], RAW, target, {**tails, **details})


def _at_the_same_rate(name: str, rounds: Outcome) -> Iterator[Measure]:
    """Beside raw requests at the API's rate: OpenSearch answers faster without pauses."""
    ours, limit = rounds["api"]["p50"], rounds["raw, same rate"]["p50"]
    yield Measure(f"{name} API p50 / raw at the same rate, 1 client", "ms", ours, limit, "raw at the same rate")
    yield Measure(f"{name} API p50 - raw at the same rate, 1 client", "ms", ours.minus(limit))


def _throughput(name: str, rounds: Outcome, target: Target) -> Measure:
    ours, limit = rounds["api"]["per_second"], rounds["raw"]["per_second"]
    details = {f"api {tail} ms": rounds["api"][tail].median for tail in ("p50", "p99")}
    return Measure(name, "1/s", ours, limit, RAW, target, details)
