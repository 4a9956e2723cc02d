"""GET /categories/: the tree, with the products in each category."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories import make_category, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def counts(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    return {node["path"]: (node["count"], counts(node["children"])) for node in nodes}


def test_tree_counts_the_products_below_each_category(api: APIClient) -> None:
    make_category("Audio > Cables")
    for path in ("Computers", "Computers > Laptops", "Computers > Laptops > Small", "Computers > Laptops"):
        make_product(category=path)
    make_product(category="Computers > Laptops", active=False)
    make_product()
    tree = api.get("/categories/").json()["categories"]
    assert counts(tree) == {
        "Audio": (0, {"Audio > Cables": (0, {})}),
        "Computers": (4, {"Computers > Laptops": (3, {"Computers > Laptops > Small": (1, {})})}),
    }
    small = tree[1]["children"][0]["children"][0]
    expected = make_category("Computers > Laptops > Small")
    assert small == {
        "id": expected.pk,
        "name": "Small",
        "path": "Computers > Laptops > Small",
        "count": 1,
        "children": [],
    }


def test_number_of_queries_is_the_same_for_1_and_3_categories(api: APIClient) -> None:
    taken = []
    for path in ("A", "A > B > C"):
        make_product(category=path)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            api.get("/categories/")
        taken.append(len(queries))
    assert taken == [2, 2]
    with CaptureQueriesContext(connection) as queries:
        assert api.get("/categories/").status_code == 200
    assert len(queries) == 0  # cached
