"""Which paths belong to the API, and which of those other origins may call. Read by `settings.py`."""

import re

CALLED_BY_SHOPS = (
    "auth",
    "orders",
    "products",
    "schema",
    "search/(products|suggest|multi|clicks)",
    "stores",
    "categories",
    "config",
)
CALLED_BY_OPERATORS = ("health", "metrics", "webhooks")

API = re.compile(rf"/({'|'.join(CALLED_BY_SHOPS + CALLED_BY_OPERATORS)})(/|$)")
CROSS_ORIGIN = rf"/({'|'.join(CALLED_BY_SHOPS)})(/|$)"
API_OF_SHOPS = re.compile(CROSS_ORIGIN)
# Anonymous, and quick: see `backend.middleware.SearchShortcut`.
SEARCH_PATHS = frozenset({"/search/products/", "/search/suggest/", "/search/multi/", "/search/clicks/"})
