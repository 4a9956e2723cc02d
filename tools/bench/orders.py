"""Orders of three lines: the service beside pgbench, HTTP beside a POST that places nothing."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.db import connection
from django.db.models import Max, Min
from django.test.utils import CaptureQueriesContext

from orders.placing import PLACE_ORDER
from orders.services import Line, place_order
from products.models import Product
from stores.models import Store
from tools.bench.errors import BenchError
from tools.bench.figures import Better, Measure, Series, Target
from tools.bench.load import Load
from tools.bench.pgbench import Pgbench
from tools.bench.processes import ProcessLoad
from tools.bench.rig import Rig
from tools.bench.rounds import Outcome, Side, interleave
from tools.bench.vocabulary import STORE_WITH_EVERYTHING
from tools.bench.wire import Request

CLIENTS = 8
LINES = 3
BODIES = 2_000  # different orders sent over HTTP
SEED = 11
PLACED = {201}
NOTHING = "/bench/nothing/"
WITH_NOTHING = {"DJANGO_SETTINGS_MODULE": "tools.bench.settings"}
CREATED = "POST that is validated and places nothing"

# One product from each third of the catalogue, so that no two lines are the same.
RANDOM_LINES = "\n".join(f"\\set product{line} random(:low{line}, :high{line})" for line in range(LINES))
HOT_LINES = RANDOM_LINES.replace("random(:low0, :high0)", ":low0", 1)
SAME_SQL = PLACE_ORDER % {
    "order_id": "uuidv7()",
    "store_id": "CAST(:store_id AS bigint)",
    "customer_id": "NULL::integer",
    "email": "''",
    "access_digest": "''",
    "expected_total": "NULL::numeric",
    "product_ids": f"ARRAY[{', '.join(f':product{line}' for line in range(LINES))}]::bigint[]",
    "quantities": f"ARRAY[{', '.join('1' * LINES)}]",
}


def service(rig: Rig) -> Iterator[Measure]:
    """`place_order` in eight processes: random lines, and one product in every order."""
    yield Measure("SQL statements of an order", "", Series((statements(lines=LINES),)))
    yield Measure("SQL statements of an order of 100 lines", "", Series((statements(lines=100),)))
    for hot, target in ((False, Target(0.40, 0.55, Better.HIGHER)), (True, None)):
        arguments = {"store_id": store_with_everything().pk, "ranges": product_ranges(), "hot": hot}
        placed = ProcessLoad("tools.bench.orders:placing", CLIENTS, rig.effort.seconds, arguments)
        rounds = interleave(rig.effort.rounds, {"service": placed.run_figures, "pgbench": _pgbench(rig, hot=hot)})
        lines = "one product in every order" if hot else "random lines"
        yield _beside(f"place_order / pgbench with the same SQL, {lines}", rounds, "service", "pgbench", target)


def http(rig: Rig) -> Iterator[Measure]:
    """`POST /orders/` over eight connections, beside pgbench and a POST that only validates."""
    with rig.web_with(WITH_NOTHING) as web:
        sides: dict[str, Side] = {
            "random": _posts(rig, web, "/orders/", hot=False),
            "hot": _posts(rig, web, "/orders/", hot=True),
            "nothing": _posts(rig, web, NOTHING, hot=False),
            "pgbench": _pgbench(rig, hot=False),
        }
        rounds = interleave(rig.effort.rounds, sides)
    yield _beside("POST /orders/ / validated POST that does nothing", rounds, "random", "nothing", _higher(0.30, 0.40))
    yield _beside("POST /orders/ / pgbench with the same SQL", rounds, "random", "pgbench", _higher(0.12, 0.18))
    yield _beside("POST /orders/, one product in every order / random", rounds, "hot", "random", _higher(0.8, 0.95))


def statements(*, lines: int) -> float:
    """How many statements the second order on a connection sends to PostgreSQL."""
    store, (low, _) = store_with_everything(), product_ranges()[0]
    ordered = [Line(low + number, 1) for number in range(lines)]
    place_order(store_id=store.pk, lines=ordered)
    with CaptureQueriesContext(connection) as sent:
        place_order(store_id=store.pk, lines=ordered)
    return float(len(sent))


def _higher(reach: float, stretch: float) -> Target:
    return Target(reach, stretch, Better.HIGHER)


def _beside(name: str, rounds: Outcome, ours: str, limit: str, target: Target | None) -> Measure:
    details = {f"{tail} ms": rounds[ours][tail].median for tail in ("p50", "p95", "p99")}
    names = {"pgbench": "pgbench, same SQL", "nothing": CREATED, "random": "random lines"}
    figures = rounds[ours]["per_second"], rounds[limit]["per_second"]
    return Measure(name, "orders/s", *figures, limit_name=names[limit], target=target, details=details)


def placing(*, number: int, store_id: int, ranges: list[tuple[int, int]], hot: bool) -> Callable[[], Any]:
    """The operation of one process: a random order."""
    rng = random.Random(number)

    def operation() -> None:
        place_order(store_id=store_id, lines=[Line(product_id, 1) for product_id in random_lines(rng, ranges, hot=hot)])

    return operation


def _pgbench(rig: Rig, *, hot: bool) -> Side:
    variables = {"store_id": store_with_everything().pk}
    for line, (low, high) in enumerate(product_ranges()):
        variables |= {f"low{line}": low, f"high{line}": high}
    script = f"{HOT_LINES if hot else RANDOM_LINES}\nBEGIN;\n{SAME_SQL.strip()};\nCOMMIT;\n"
    return Pgbench(rig.database, script, CLIENTS, rig.effort.seconds, variables).run_figures


def _posts(rig: Rig, web: str, path: str, *, hot: bool) -> Side:
    requests = order_requests(path, hot=hot)
    return Load(web, requests, rig.effort.seconds, CLIENTS, expected=PLACED).run_figures


def order_requests(path: str = "/orders/", *, hot: bool = False) -> list[Request]:
    """Different orders, which all can be confirmed."""
    rng, ranges, store = random.Random(SEED), product_ranges(), store_with_everything()
    requests = []
    for _ in range(BODIES):
        lines = random_lines(rng, ranges, hot=hot)
        items = [{"product_id": product_id, "quantity": 1} for product_id in lines]
        body = orjson.dumps({"store_id": store.pk, "items": items}).decode()
        requests.append(Request(path, method="POST", body=body))
    return requests


def random_lines(rng: random.Random, ranges: list[tuple[int, int]], *, hot: bool) -> list[int]:
    """A product of each range; the first one is the same in every order when `hot`."""
    lines = [rng.randint(low, high) for low, high in ranges]
    return [ranges[0][0], *lines[1:]] if hot else lines


def product_ranges() -> list[tuple[int, int]]:
    """The catalogue's ids in thirds, both ends included."""
    ends = Product.objects.aggregate(low=Min("id"), high=Max("id"))
    low, high = ends["low"], ends["high"]
    if Product.objects.count() != high - low + 1:
        raise BenchError("orders are measured on a catalogue whose ids have no gaps")
    size = (high - low + 1) // LINES
    return [(low + line * size, low + (line + 1) * size - 1) for line in range(LINES)]


def store_with_everything() -> Store:
    return Store.objects.get(code=STORE_WITH_EVERYTHING)
