"""A client that never sends the same parameter twice does not fill the memory of a process."""

import functools
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from language.normalisation import fold
from language.prefix_match import has_word_prefixes
from search_api import selectors
from search_api.completion.suggestions import mark_prefixes
from tests.factories import make_store

REQUESTS = 50_000
MEGABYTE = 2**20  # bytes


@contextmanager
def memory_grows_less_than(limit: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < limit


@pytest.mark.service
@pytest.mark.django_db
def test_ids_of_unknown_stores_are_not_stored() -> None:
    store = make_store("Here")
    selectors.store_names([store.pk])
    names = len(selectors._store_names)  # noqa: SLF001 - its size shows nowhere else
    with memory_grows_less_than(MEGABYTE):
        for first in range(store.pk + 1, store.pk + REQUESTS, 1_000):
            assert selectors.store_names(range(first, first + 1_000)) == {}
    assert len(selectors._store_names) == names  # noqa: SLF001


@pytest.mark.unit
@pytest.mark.parametrize(
    ("compare", "requests", "limit"),
    [
        (functools.partial(has_word_prefixes, typed="lap"), REQUESTS, 8 * MEGABYTE),
        (functools.partial(has_word_prefixes, "Laptop"), REQUESTS, MEGABYTE),
        (functools.partial(mark_prefixes, "Laptop"), 5_000, 8 * MEGABYTE),  # a pattern takes a while to compile
        (functools.partial(mark_prefixes, typed="lap"), REQUESTS, 8 * MEGABYTE),
        (fold, REQUESTS, MEGABYTE),
    ],
)
def test_text_is_cached_within_a_bound(compare: Callable[[str], object], requests: int, limit: int) -> None:
    with memory_grows_less_than(limit):
        for number in range(requests):
            compare(f"{chr(0xA1 + number)} typed {number}")


# Their arguments are a process, a path of the search API, a model's file, a language, a format of the schema or
# nothing, never what a client sent.
OF_FEW_ARGUMENTS = {
    "backend.api.schema.document",
    "backend.api.throttles._process_counts",
    "backend.api.throttles._redis_counts",
    "backend.redis.client",
    "django.urls.base.resolve",
    "indexing.client.sync_client",
    "language.common_words._frequencies",
    "language.sentence_vectors.model_version",
    "language.sentence_vectors.sentence_model",
    "language.word_vectors.word_model",
    "language.word_vectors.word_model_version",
    "products.catalogue_files.known_headers._known",
    "products.catalogue_files.price_headers._known",
    "products.demo.details.kinds",
    "products.demo.vocabulary.shelves",
    "search_api.engine.client._client",
    "search_api.release.digest",
}
OURS = (
    *("backend", "foundation", "language", "products", "stores", "indexing", "orders", "search_api", "storefront"),
    "api_keys",
)


@pytest.mark.unit
def test_every_cache_of_a_process_has_a_bound() -> None:
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in OURS]
    found = [value for module in modules for value in vars(module).values() if hasattr(value, "cache_parameters")]
    unbounded = {f"{each.__module__}.{each.__qualname__}" for each in found if not each.cache_parameters()["maxsize"]}
    assert unbounded - OF_FEW_ARGUMENTS == set()
