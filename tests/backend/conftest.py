"""What several tests of the backend stand on."""

from collections.abc import Iterator

import pytest

from backend import redis


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Redis counts as unreachable, as it does for a while after it failed, and is not asked before the test is over."""
    monkeypatch.setattr(redis.breaker, "_probe_every", 600.0)
    with pytest.raises(ConnectionError), redis.breaker:
        raise ConnectionError
    yield
    redis.breaker.reset()
