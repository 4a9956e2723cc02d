"""Fixtures for all tests. The services are real; `environment.py` names them."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from rest_framework.test import APIClient

from backend import redis
from backend.api import schema
from search_api import selectors
from search_api.engine import attribute_choice, some_words, spellings
from stores.models import Store
from tests import scheduling
from tests.emptying import empty_by_deleting
from tests.factories import make_store

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
PLAIN_STATIC_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture
def api() -> APIClient:
    """An anonymous client of the REST API. Sign in with `api.force_authenticate(user)`."""
    return APIClient()


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def redis_unavailable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The circuit of Redis is open, as it is after a failure, and is not probed during the test."""
    monkeypatch.setattr(redis.breaker, "_probe_every", 600.0)
    with pytest.raises(ConnectionError), redis.breaker:
        raise ConnectionError
    yield
    redis.breaker.reset()


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Start tests that use a database with empty caches, those with a live server too."""
    if request.node.get_closest_marker("django_db") or not DATABASE_FIXTURES.isdisjoint(request.fixturenames):
        cache.clear()
        selectors.attributes.forget()
        selectors.has_attributes.forget()
        attribute_choice.forget()
        spellings.cached.forget()
        some_words.forget()
        schema.document.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _quick_emptying() -> None:
    empty_by_deleting()


@pytest.fixture(autouse=True, scope="session")
def _pages_without_collectstatic() -> Iterator[None]:
    """Serve static files under their plain names; collecting them has a test of its own."""
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": PLAIN_STATIC_FILES}):
        yield


@pytest.fixture(autouse=True, scope="session")
def _uploads_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Store files outside the checkout."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Use a fast hash for passwords; the real one takes most of a second, on purpose."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.hookimpl(trylast=True)  # after pytest-django, which sorts them too, and after the marks of folders
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    scheduling.arrange(items, in_worker=hasattr(config, "workerinput"))
