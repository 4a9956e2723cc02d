"""What a product is found by without OpenSearch follows every change of it, also while OpenSearch is unavailable."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from foundation.advisory_locks import try_lock
from indexing import attribute_changes, client, stored_terms, sync
from indexing.errors import EngineUnavailableError
from indexing.models import ProductTerms, StaleTerms, SyncState
from products.models import Attribute, Category, Product
from search_api.fallback.matching import matching_products
from search_api.query.parsing import parse
from tests.factories import make_category, make_product, make_stock, make_store
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def commit() -> None:
    """Run the deferred triggers, as a commit does."""
    connection.check_constraints()


def found(q: str) -> list[str]:
    return sorted(product.sku for product in matching_products(parse(q, {})))


@pytest.fixture
def lamp() -> Product:
    product = make_product("Lamp", sku="L", brand="Bright", category="Home > Light", attributes={"colour": "Red"})
    commit()
    stored_terms.write_next()
    return product


def insert(lamp: Product) -> None:
    del lamp
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO products_product (sku, name, description, brand, price, attributes, active, popularity,"
            " updated_at) VALUES ('N', 'Neon torches', '', '', 1, '{}', true, 0, now())"
        )


def rename(lamp: Product) -> None:
    Product.objects.filter(pk=lamp.pk).update(name="Neon torch")


def describe(lamp: Product) -> None:
    lamp.description = "A neon torch"
    lamp.save()


def rename_category(lamp: Product) -> None:
    del lamp
    Category.objects.filter(name="Home").update(name="Neon torches")


def change_attribute(lamp: Product) -> None:
    Product.objects.bulk_update([Product(pk=lamp.pk, attributes={"kind": "neon torch"})], ["attributes"])


@pytest.mark.parametrize(
    ("change", "sku"),
    [(insert, "N"), (rename, "L"), (describe, "L"), (rename_category, "L"), (change_attribute, "L")],
)
def test_any_change_changes_what_finds_the_product(lamp: Product, change: Callable[[Product], None], sku: str) -> None:
    change(lamp)
    commit()
    assert found("neon torch") == []
    stored_terms.write_next()
    assert found("neon torch") == [sku]
    assert not StaleTerms.objects.exists()


def test_attribute_that_is_no_longer_searchable_finds_nothing(lamp: Product) -> None:
    Attribute.objects.create(code="colour", label="Colour", type="text")
    assert found("red lamp") == ["L"]
    Attribute.objects.filter(code="colour").update(searchable=False)
    attribute_changes.note_next()
    commit()
    stored_terms.write_next()
    assert found("red lamp") == []
    assert found("lamp") == ["L"]
    del lamp


def test_terms_of_a_deleted_product_are_deleted(lamp: Product) -> None:
    lamp.delete()
    commit()
    stored_terms.write_next()
    assert not ProductTerms.objects.exists()


def test_unchanged_terms_are_not_written_again(lamp: Product) -> None:
    def row() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid::text FROM indexing_productterms")
            return str(cursor.fetchone()[0])

    before = row()
    Product.objects.filter(pk=lamp.pk).update(popularity=5)
    commit()
    assert stored_terms.write_next() > 0
    assert row() == before


def test_change_of_stock_leaves_the_terms_alone(lamp: Product) -> None:
    commit()
    stored_terms.write_next()
    version = SyncState.objects.get(pk=lamp.pk).version
    stock = make_stock(make_store(), lamp, 1)
    commit()
    assert SyncState.objects.get(pk=lamp.pk).version > version
    stock.delete()
    commit()
    assert not StaleTerms.objects.exists()


def test_text_and_stock_changed_together_change_what_finds_the_product(lamp: Product) -> None:
    make_stock(make_store(), lamp, 1)
    Category.objects.filter(name="Home").update(name="Neon torches")
    commit()
    stored_terms.write_next()
    assert found("neon torch") == ["L"]


def test_hidden_products_have_terms_but_are_not_found(lamp: Product) -> None:
    Product.objects.filter(pk=lamp.pk).update(active=False, name="Torch")
    commit()
    stored_terms.write_next()
    assert ProductTerms.objects.get().name_words == "torch"
    assert found("torch") == []


def test_products_without_terms_are_queued_and_all_on_demand(lamp: Product) -> None:
    other = make_product("Chair")
    commit()
    stored_terms.write_next()
    ProductTerms.objects.filter(pk=lamp.pk).delete()
    assert stored_terms.queue() == 1
    assert list(StaleTerms.objects.values_list("product_id", flat=True)) == [lamp.pk]
    stored_terms.write_next()
    assert found("lamp") == ["L"]
    assert stored_terms.queue(every=True) == 2
    del other


def test_terms_with_quotes_backslashes_and_long_words_are_stored() -> None:
    make_product("O'Neill 5\\6 'x' \\' ::" + "y" * 270, description="z" * 5000 + " \\ ' : & | ! <-> ()", sku="Q")
    assert found("O'Neill") == found("y" * 270) == found("z" * 200) == ["Q"]


def make_huge_product() -> Product:
    """More different words than PostgreSQL has room for in one vector, of which attributes have the last."""
    described, of_attribute = ([f"{word}{number:06}".ljust(50, "z") for number in range(10_000)] for word in "dv")
    attributes = {"notes": " ".join([*of_attribute, "lastword"])}
    return make_product("Huge lamp", sku="H", description=" ".join(described), attributes=attributes)


def test_product_with_too_much_text_is_found_by_its_first_words() -> None:
    make_huge_product()
    assert found("huge lamp") == found(f"d000001{'z' * 43}") == ["H"]
    assert found("lastword") == []


def test_product_that_postgresql_refuses_keeps_no_other_from_being_found(
    lamp: Product, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stored_terms, "MAX_SIZE", 9_999_999)
    lamp.name = "Neon torch"
    lamp.save()
    huge = make_huge_product()
    make_product("Neon tube", sku="T")
    commit()
    stored_terms.write_next()
    assert (found("neon"), found("huge")) == (["L", "T"], [])
    assert not StaleTerms.objects.exists()
    assert f"the terms of product {huge.pk} could not be stored" in caplog.text


def test_statements_are_the_same_for_one_product_and_for_three(lamp: Product) -> None:
    counts = []
    for ids in ([lamp.pk], [lamp.pk, make_product("Chair").pk, make_product("Table", attributes={"kind": "Low"}).pk]):
        with CaptureQueriesContext(connection) as queries:
            stored_terms.write(ids)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_one_writer_at_a_time() -> None:
    make_product("Lamp")
    written: list[int] = []

    def another() -> None:
        written.append(stored_terms.write_next())

    with try_lock(stored_terms.LOCK) as acquired:
        assert acquired
        in_threads(another)
    in_threads(another)
    assert written == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_product_saved_while_opensearch_is_unavailable_is_found(settings: Settings) -> None:
    settings.OPENSEARCH_HOSTS = ["http://127.0.0.1:1"]
    client.sync_client.cache_clear()
    try:
        Product.objects.create(name="Neon torches", sku="N", price=1, category=make_category("Light"))
        with pytest.raises(EngineUnavailableError):
            sync.sync_due()
        assert found("neon torch") == ["N"]
    finally:
        client.sync_client.cache_clear()
