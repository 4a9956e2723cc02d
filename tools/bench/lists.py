"""The lists of a store: its inventory by name, and its newest orders."""

import math
from collections.abc import Iterator

from django.contrib.auth.models import User
from knox.models import AuthToken

from orders.services import Line, place_order
from stores.models import Inventory, Store, StoreStaff
from tools.bench.figures import Measure
from tools.bench.load import Load
from tools.bench.rig import Rig
from tools.bench.rounds import interleave
from tools.bench.wire import Request

ORDERS = 200  # in the store whose orders are listed
PAGES, PAGE_SIZE = 10, 20


def lists(rig: Rig) -> Iterator[Measure]:
    """Pages of 20 for the store's staff, beside the smallest response of the web server."""
    store = Store.objects.order_by("id")[0]
    user, _ = User.objects.get_or_create(username="bench-staff")
    StoreStaff.objects.get_or_create(store=store, user=user)
    headers = {"Authorization": f"Token {AuthToken.objects.create(user)[1]}"}
    stocked = Inventory.objects.filter(store=store, quantity__gt=0).order_by("id")
    for product_id in list(stocked.values_list("product_id", flat=True)[:ORDERS]):
        place_order(store_id=store.pk, lines=[Line(product_id, 1)])
    last = min(PAGES, math.ceil(store.inventory.count() / PAGE_SIZE))
    pages = {
        "inventory": [Request(f"/stores/{store.pk}/inventory/?page={n}", headers=headers) for n in range(1, last + 1)],
        "orders": [Request(f"/stores/{store.pk}/orders/", headers=headers)],
    }
    floor = Load(rig.web, [Request("/health/live")], rig.effort.seconds)
    loads = {name: Load(rig.web, requests, rig.effort.seconds) for name, requests in pages.items()}
    rounds = interleave(
        rig.effort.rounds, {"floor": floor.run_figures, **{name: load.run_figures for name, load in loads.items()}}
    )
    for name in pages:
        yield Measure(
            f"GET /stores/<id>/{name}/ p50, page of 20 / GET /health/live",
            "ms",
            ours=rounds[name]["p50"],
            limit=rounds["floor"]["p50"],
            limit_name="GET /health/live",
            details={f"{tail} ms": rounds[name][tail].median for tail in ("p95", "p99")},
        )
