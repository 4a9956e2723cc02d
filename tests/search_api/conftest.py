"""A shop whose products are in the real index."""

import importlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from opensearchpy import OpenSearch, helpers
from pytest_django import Settings

from indexing import generation
from indexing.documents import build_documents, mapping
from indexing.names import index_alias
from language import common_words
from language.analysis import index_settings
from products.models import Product
from search_api import selectors
from search_api.completion import facet_values
from search_api.contracts import SearchRequest, SearchResponse
from search_api.engine import attribute_choice, client, spellings
from search_api.models import Synonym
from search_api.query import synonym_table
from search_api.services import search
from tests.factories import make_product

_number = itertools.count(1)


class Shop:
    """The index of one test, and short names for what tests do with it."""

    def __init__(self, client: OpenSearch) -> None:
        self.client = client
        self.open(mapping())

    def open(self, mappings: dict[str, Any]) -> None:
        """Start with an empty index that has these mappings."""
        self.index = f"{index_alias()}-{next(_number)}"
        self.client.indices.delete(index=f"{index_alias()}*")  # of the test before, or of a run that was killed
        body = {
            "settings": index_settings(replicas=0, refresh_interval="-1"),
            "mappings": mappings,
            "aliases": {index_alias(): {}},
        }
        self.client.indices.create(index=self.index, body=body)

    def close(self) -> None:
        self.client.indices.delete(index=self.index)

    def refresh(self) -> None:
        """Index what PostgreSQL has now."""
        ids = Product.objects.values_list("pk", flat=True)
        self.client.delete_by_query(index=self.index, body={"query": {"match_all": {}}}, refresh=True)
        documents = build_documents(ids)
        helpers.bulk(self.client, ({"_index": self.index, "_id": one["id"], **one} for one in documents), refresh=True)
        generation.bump()
        facet_values.cached.forget()
        spellings.cached.forget()
        attribute_choice.forget()
        selectors.has_attributes.forget()
        facet_values.cached.get()  # so that no search of the test sends a request for them

    def sells(self, *names: str) -> None:
        """Put products of these names on sale."""
        for name in names:
            make_product(name)
        self.refresh()

    def search(self, q: str = "", **parameters: Any) -> SearchResponse:
        """The response of the index; a degraded one fails the test."""
        response = search(SearchRequest(q=q, **parameters))
        assert not response.degraded
        return response

    def names(self, q: str = "", **parameters: Any) -> list[str]:
        return [hit["name"] for hit in self.search(q, **parameters).results]

    def matches(self, q: str, **parameters: Any) -> list[str]:
        """The names of the hits with every word."""
        response = self.search(q, **parameters)
        return [hit["name"] for hit in response.results[: response.count_every_word]]


@pytest.fixture
def round_trips(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """The searches that go to the engine in each request."""
    trips: list[list[dict[str, Any]]] = []
    search, multi_search = client.search, client.multi_search

    def one(body: dict[str, Any]) -> dict[str, Any]:
        trips.append([body])
        return search(body)

    def several(bodies: list[dict[str, Any]], **limits: float) -> list[dict[str, Any]]:
        trips.append(bodies)
        return multi_search(bodies, **limits)

    monkeypatch.setattr(client, "search", one)
    monkeypatch.setattr(client, "multi_search", several)
    return trips


@pytest.fixture(scope="session", autouse=True)
def _common_words() -> None:
    """As in a web server: no search waits for the list."""
    common_words.load()


@pytest.fixture(autouse=True)
def _default_synonyms(request: pytest.FixtureRequest) -> None:
    """The synonyms of a new shop. A test that commits deletes them when it ends."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db" if "transactional_db" not in request.fixturenames else "transactional_db")
        rules = importlib.import_module("search_api.migrations.0001_initial").RULES
        Synonym.objects.bulk_create([Synonym(rule=rule) for rule in rules], ignore_conflicts=True)
        synonym_table.forget()


@pytest.fixture(scope="session")
def engine_client() -> Iterator[OpenSearch]:
    """A client with a longer timeout than that of searches, for preparing tests."""
    client = OpenSearch(django_settings.OPENSEARCH_HOSTS, timeout=60)
    yield client
    client.close()


@pytest.fixture
def engine_at(settings: Settings) -> Iterator[Callable[..., None]]:
    """Sends searches to other addresses, for example to one where nothing answers."""

    def go(*urls: str) -> None:
        settings.OPENSEARCH_HOSTS = list(urls)
        client._client.cache_clear()  # noqa: SLF001 - the client is made once per process

    hosts = settings.OPENSEARCH_HOSTS
    yield go
    settings.OPENSEARCH_HOSTS = hosts
    client._client.cache_clear()  # noqa: SLF001 - the same
    client.breaker.reset()


@pytest.fixture
def engine_away(engine_at: Callable[..., None]) -> None:
    """OpenSearch cannot be reached."""
    engine_at("http://127.0.0.1:1")


@pytest.fixture
def shop(db: None, engine_client: OpenSearch) -> Iterator[Shop]:
    """An empty shop."""
    del db
    opened = Shop(engine_client)
    yield opened
    opened.close()
