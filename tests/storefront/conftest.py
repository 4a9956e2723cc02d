"""A shop with pages: its products are in the real index."""

from tests.search_api.conftest import Shop, engine_at, engine_away, engine_client, shop

__all__ = ["Shop", "engine_at", "engine_away", "engine_client", "shop"]
