"""One of three OpenSearch nodes is killed or hangs; every shard has a replica."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3

from tests.faults.conftest import PATIENCE, Figures, eventually, paused
from tools.devstack.chaos.shop import Shop
from tools.devstack.chaos.system import System, running
from tools.devstack.services import Web

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("cluster"), pytest.mark.timeout(400)]
SETTINGS = {
    "SEARCH_TIMEOUT": "10",  # s; a busy machine answers later than a shopper waits, and these tests are not about speed
    "SEARCH_SHARDS": "3",
    "SEARCH_REPLICAS": "1",
    "SEMANTIC_MODEL_PATH": "",  # neighbours of a vector are approximate, and depend on the shard
}
PAGE_SIZE, AT_ONCE = 5, 4
QUERIES = ["", "cable", "black chair", "wireless keyboard", "lamp for the desk", "usb hub 4 ports"]


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """Three nodes and three shards, until a test rebuilds the index with one. Changed products would change scores."""
    with running(products=400, stores=1, opensearch_nodes=3, settings=SETTINGS) as started:
        yield started


def test_engine_caches_counts(system: System) -> None:
    """Whatever the page: for five pages, one of two copies of a shard counts a second time."""
    before = cache_hits(system)
    for page in range(1, 6):
        page_of(system, "lamp", page)
    assert cache_hits(system) >= before + int(SETTINGS["SEARCH_SHARDS"])


def test_all_pages_of_a_search_are_scored_by_the_same_copies(system: System) -> None:
    """Another copy of a shard may score differently, as it counts deleted documents that the first has merged away."""
    before, count = copies_that_returned_hits(system), system.shop.search("black chair").body["count"]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as shoppers:
        pages = shoppers.map(lambda page: page_of(system, "black chair", page), range(1, count // PAGE_SIZE + 2))
        found = [product_id for page in pages for product_id in page]
    assert (len(found), len(set(found))) == (count, count)
    used = copies_that_returned_hits(system) - before
    assert sorted(shard for shard, _ in used) == ["0", "1", "2"]


def test_searches_go_round_a_node_that_hangs(system: System, figures: Figures) -> None:
    """Also while the cluster still counts on its copies of the shards."""
    hanging, asked = system.stack.opensearch.nodes[2], system.stack.opensearch.nodes[0].url
    follower_check = "cluster.fault_detection.follower_check.timeout"
    changed = urllib3.request("PUT", f"{asked}/_cluster/settings", json={"transient": {follower_check: "150s"}})
    assert changed.status == 200
    web = Web(system.project.state, system.project.environment | {"SEARCH_TIMEOUT": "1"}, port_name="impatient web")
    web.start()
    shop = Shop(web.url)

    def answers_are_exact() -> bool:
        responses = [shop.search(f"cable {time.monotonic_ns()}") for _ in range(20)]
        for response in responses:
            figures.record("one node of three hangs", "search", response.seconds)
        return not any(response.body["degraded"] for response in responses)

    try:
        with paused(hanging):
            assert not answers_are_exact()
            eventually(answers_are_exact)
            assert urllib3.request("GET", f"{asked}/_cluster/health?local=true").json()["number_of_nodes"] == 3
    finally:
        web.kill()
        urllib3.request("PUT", f"{asked}/_cluster/settings", json={"transient": {follower_check: None}})


def test_three_shards_answer_as_one(system: System) -> None:
    """The same hits in the same order, and exact counts of every facet."""
    divided = [system.shop.search(q, page_size=100).body for q in QUERIES]
    assert len(set(shards_with_documents(system))) == 3
    brands = dict(system.audit.rows("SELECT brand, count(*) FROM products_product WHERE active GROUP BY brand"))
    counted = {value["value"]: value["count"] for value in divided[0]["facets"]["brand"]}
    assert counted == {brand: brands[brand] for brand in counted}
    system.project.environment["SEARCH_SHARDS"] = "1"
    system.project.manage({"arguments": ["reindex"]})
    whole = [system.shop.search(q, page_size=100).body for q in QUERIES]
    assert [ids(answer) for answer in divided] == [ids(answer) for answer in whole]
    assert [answer["facets"] for answer in divided] == [answer["facets"] for answer in whole]


def test_no_search_is_degraded_when_a_node_is_killed(system: System, figures: Figures) -> None:
    """Changes are indexed during the outage of the node, which joins the cluster again.

    It is the first one, which has formed the cluster, and whose address every client has first.
    """
    seen: Counter[str] = Counter()
    stop = threading.Event()
    shoppers = [threading.Thread(target=shop_around, args=(system, seen, figures, stop)) for _ in range(3)]
    for thread in shoppers:
        thread.start()
    eventually(lambda: seen["200 exact"] >= 20)
    system.stack.opensearch.nodes[0].kill()
    system.audit.rows("UPDATE products_product SET name = name || ' renewed' WHERE mod(id, 2) = 0")
    system.audit.await_index(PATIENCE)
    after = seen["200 exact"]
    eventually(lambda: seen["200 exact"] >= after + 50)
    stop.set()
    for thread in shoppers:
        thread.join()
    assert set(seen) == {"200 exact"}
    system.stack.opensearch.start()
    health = urllib3.request("GET", f"{system.stack.opensearch.nodes[2].url}/_cluster/health").json()
    assert health["number_of_nodes"] == 3
    assert system.audit.errors() == []


def ids(answer: dict[str, Any]) -> list[int]:
    assert not answer["degraded"]
    return [hit["id"] for hit in answer["results"]]


def page_of(system: System, q: str, page: int) -> list[int]:
    return ids(Shop(system.web.url).search(q, page=page, page_size=PAGE_SIZE).body)


def cache_hits(system: System) -> int:
    url = f"{system.stack.opensearch.nodes[0].url}/products-*/_stats/request_cache"
    return int(urllib3.request("GET", url).json()["_all"]["total"]["request_cache"]["hit_count"])


def copies_that_returned_hits(system: System) -> Counter[tuple[str, str]]:
    """How often each copy of a shard did, by shard and node."""
    columns = "shard,node,search.fetch_total"
    url = f"{system.stack.opensearch.nodes[0].url}/_cat/shards/products-*?format=json&h={columns}"
    found = urllib3.request("GET", url).json()
    return Counter({(row["shard"], row["node"]): int(row["search.fetch_total"]) for row in found})


def shards_with_documents(system: System) -> list[str]:
    url = f"{system.stack.opensearch.nodes[0].url}/_cat/shards/products-*?format=json&h=index,shard,prirep,docs"
    found = urllib3.request("GET", url).json()
    return [row["shard"] for row in found if row["prirep"] == "p" and int(row["docs"] or 0)]


def shop_around(system: System, seen: Counter[str], figures: Figures, stop: threading.Event) -> None:
    shop = Shop(system.web.url)
    while not stop.is_set():
        response = shop.search(f"cable {time.monotonic_ns()}")
        degraded = response.status == 200 and response.body["degraded"]
        figures.record("one node of three killed", "search", response.seconds)
        seen[f"{response.status} {'degraded' if degraded else 'exact'}"] += 1
