"""Fixtures of several tests of the backend."""

from collections.abc import Iterator

import pytest

from backend import redis


@pytest.fixture
def redis_unavailable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The circuit of Redis is open, as it is after a failure, and is not probed during the test."""
    monkeypatch.setattr(redis.breaker, "_probe_every", 600.0)
    with pytest.raises(ConnectionError), redis.breaker:
        raise ConnectionError
    yield
    redis.breaker.reset()
