"""The search's own fixtures that tests of the backend use."""

from tests.search_api.conftest import engine_at, engine_away

__all__ = ["engine_at", "engine_away"]
