"""A changed attribute reaches the documents that show it, in steps; a product without it is left alone."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection

from indexing import attribute_changes, generation
from indexing.client import sync_client
from indexing.models import AttributeChange, SyncState
from indexing.names import index_alias
from language.terms import stems
from products.models import Attribute
from tests.factories import make_attribute, make_product
from tests.indexing.conftest import SearchIndex, version_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]

Act = Callable[[Attribute], object]


def versions() -> dict[int, int]:
    return dict(SyncState.objects.values_list("product_id", "version"))


def truncate(_: Attribute) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE products_attribute")


CHANGES: dict[str, Act] = {
    "unit": lambda memory: Attribute.objects.filter(pk=memory.pk).update(unit="MB"),
    "type": lambda memory: Attribute.objects.filter(pk=memory.pk).update(type="text"),
    "searchable": lambda memory: Attribute.objects.filter(pk=memory.pk).update(searchable=False),
    "filterable": lambda memory: Attribute.objects.filter(pk=memory.pk).update(filterable=False),
    "other code": lambda memory: Attribute.objects.filter(pk=memory.pk).update(code="ram"),
    "deleted": lambda memory: memory.delete(),
    "truncated": truncate,
}


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_change_gives_new_versions_to_the_products_with_the_attribute_alone(act: Act) -> None:
    memory = make_attribute("memory", "number", unit="GB")
    having, other = make_product(attributes={"memory": 8}), make_product(attributes={"colour": "Red"})
    attribute_changes.note_all()
    before = versions()
    act(memory)
    attribute_changes.note_all()
    assert version_of(having.pk) > before[having.pk]
    assert version_of(other.pk) == before[other.pk]


def test_created_attribute_gives_new_versions_to_products_that_had_its_values() -> None:
    having = make_product(attributes={"memory": 8})
    before = versions()
    make_attribute("memory", "number")
    attribute_changes.note_all()
    assert version_of(having.pk) > before[having.pk]


@pytest.mark.parametrize("field", ["label", "position", "shown"])
def test_what_no_document_shows_gives_no_versions_but_makes_cached_results_stale(field: str) -> None:
    memory = make_attribute("memory", "number")
    make_product(attributes={"memory": 8})
    attribute_changes.note_all()
    before, cached = versions(), generation.read()
    Attribute.objects.filter(pk=memory.pk).update(**{field: {"label": "RAM", "position": 7, "shown": False}[field]})
    attribute_changes.note_all()
    assert versions() == before
    assert generation.read() != cached


def test_attribute_saved_as_it_was_is_no_change() -> None:
    memory = make_attribute("memory", "number")
    attribute_changes.note_all()
    memory.save()
    assert not AttributeChange.objects.exists()


def test_steps_are_bounded_and_an_attribute_that_changes_later_is_noted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribute_changes, "STEP", 2)
    memory, colour = make_attribute("memory", "number"), make_attribute("colour")
    products = [make_product(attributes={"memory": number, "colour": "Red"}) for number in range(5)]
    attribute_changes.note_all()
    before = versions()

    def changed() -> list[bool]:
        return [version_of(product.pk) > before[product.pk] for product in products]

    Attribute.objects.filter(pk=memory.pk).update(unit="GB")
    attribute_changes.note_next()
    assert changed() == [True, True, False, False, False]
    Attribute.objects.filter(pk=colour.pk).update(searchable=False)
    before = versions()
    attribute_changes.note_next()
    assert changed() == [True, True, False, False, False]
    attribute_changes.note_next()
    attribute_changes.note_next()
    assert changed() == [True] * 5
    assert not AttributeChange.objects.exists()


def test_edited_again_while_its_products_are_noted_it_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribute_changes, "STEP", 1)
    memory = make_attribute("memory", "number")
    first, _ = make_product(attributes={"memory": 1}), make_product(attributes={"memory": 2})
    attribute_changes.note_all()
    Attribute.objects.filter(pk=memory.pk).update(unit="GB")
    attribute_changes.note_next()
    before = version_of(first.pk)
    Attribute.objects.filter(pk=memory.pk).update(unit="MB")
    attribute_changes.note_all()
    assert version_of(first.pk) > before


def found_by(value: str) -> list[int]:
    """The products whose documents have the value."""
    query = {"match": {"value_terms": {"query": " ".join(stems(value)), "operator": "and"}}}
    hits = sync_client().search(index=index_alias(), body={"query": query})["hits"]["hits"]
    return [int(hit["_id"]) for hit in hits]


def test_sync_brings_an_edited_unit_to_the_index(index: SearchIndex) -> None:
    cache.clear()
    memory = make_attribute("memory", "number", unit="GB")
    product = make_product(attributes={"memory": 8})
    index.sync()
    assert found_by("8 GB") == [product.pk]
    Attribute.objects.filter(pk=memory.pk).update(unit="MB")
    index.sync()
    assert (found_by("8 GB"), found_by("8 MB")) == ([], [product.pk])
