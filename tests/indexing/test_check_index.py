"""`check_index` finds every document that differs from PostgreSQL, and repairs it."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from indexing import check, compare, tasks
from indexing.client import sync_client
from indexing.models import IndexCheck, PhysicalIndex, SyncState
from products.models import Product
from tests.factories import make_product
from tests.indexing.conftest import SearchIndex, expected_documents, version_of


def without_triggers(sql: str, *parameters: int) -> None:
    """Change PostgreSQL without change capture, as a restore with triggers switched off does."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = DEFAULT")


def run(*options: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = io.StringIO()
    try:
        call_command("check_index", *options, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def broken(index: SearchIndex) -> tuple[int, int, int]:
    """An index with a missing, a stale and an extra document of all; the ids of their products, in this order."""
    products = [make_product() for _ in range(6)]
    index.sync()
    missing, stale, extra = (product.pk for product in products[:3])
    sync_client().delete(index=index.name, id=str(missing), refresh=True)
    without_triggers(
        "UPDATE indexing_syncstate SET version = version + 1, indexed_version = version + 1 WHERE product_id = %s",
        stale,
    )
    without_triggers("UPDATE products_product SET active = false WHERE id = %s", extra)
    return missing, stale, extra


def test_correct_index_is_sound(index: SearchIndex) -> None:
    for _ in range(3):
        make_product()
    index.sync()

    code, output = run("--json")

    found = json.loads(output)
    assert code == 0
    assert found == {
        "index": index.name,
        "products": 3,
        "documents": 3,
        "missing": 0,
        "stale": 0,
        "extra": 0,
        "remaining": 0,
        "pending": 0,
        "parked": 0,
        "outdated": False,
        "seconds": found["seconds"],
        "examples": [],
        "sound": True,
    }


def test_index_of_another_language_is_noticed(index: SearchIndex, settings: Settings) -> None:
    make_product()
    index.sync()
    settings.SEARCH_LANGUAGE = "de"
    code, output = run()
    assert code == 1
    assert "run manage.py reindex" in output
    index.rebuild()
    assert run()[0] == 0


def test_each_fault_is_counted_as_its_kind(broken: tuple[int, int, int]) -> None:
    missing, stale, extra = broken

    code, output = run("--json")

    found = json.loads(output)
    assert code == 1
    assert (found["missing"], found["stale"], found["extra"], found["remaining"]) == (1, 1, 1, 3)
    assert [(example["product_id"], example["fault"]) for example in found["examples"]] == [
        (missing, "missing"),
        (stale, "stale"),
        (extra, "extra"),
    ]


def test_repair_corrects_the_index_and_reports_the_faults(index: SearchIndex, broken: tuple[int, int, int]) -> None:
    code, output = run("--repair", "--json")

    found = json.loads(output)
    assert code == 0
    assert (found["missing"], found["stale"], found["extra"], found["remaining"]) == (1, 1, 1, 0)
    assert index.documents() == expected_documents()
    assert broken[2] not in index.ids()


def test_product_created_while_triggers_were_off_is_missing_and_repaired(index: SearchIndex) -> None:
    without_triggers(
        "INSERT INTO products_product"
        " (sku, name, description, brand, price, attributes, active, popularity, updated_at)"
        " VALUES ('SQL', 'Sql', '', '', 1, '{}', true, 0, now())"
    )
    assert run()[0] == 1

    assert run("--repair")[0] == 0
    assert index.documents() == expected_documents()


def test_document_whose_version_postgresql_has_lost_is_stale_and_repaired(index: SearchIndex) -> None:
    product = make_product()
    index.sync()
    without_triggers("DELETE FROM indexing_syncstate WHERE product_id = %s", product.pk)
    without_triggers("UPDATE products_product SET name = 'New' WHERE id = %s", product.pk)

    code, output = run("--json")
    assert (code, json.loads(output)["stale"]) == (1, 1)

    assert run("--repair")[0] == 0
    assert index.documents() == expected_documents()


def test_documents_newer_than_a_restored_database_are_repaired(index: SearchIndex) -> None:
    product = make_product()
    index.sync()
    ahead = version_of(product.pk) + 5_000_000
    sync_client().index(
        index=index.name,
        id=str(product.pk),
        body={"id": product.pk, "name": "From the future"},
        params={"version": ahead, "version_type": "external", "refresh": "true"},
    )

    assert run()[0] == 1
    assert run("--repair")[0] == 0
    assert index.documents() == expected_documents()
    assert version_of(product.pk) > ahead


def test_changes_that_are_not_synced_yet_are_pending_and_not_wrong(index: SearchIndex) -> None:
    make_product()
    index.sync()
    make_product()
    Product.objects.update(name="New")

    code, output = run("--json")

    found = json.loads(output)
    assert code == 0
    assert (found["pending"], found["remaining"]) == (2, 0)


def test_a_refused_product_makes_the_check_fail(index: SearchIndex) -> None:
    del index
    make_product()
    SyncState.objects.update(error="refused")

    code, output = run("--json")

    assert code == 1
    assert json.loads(output)["parked"] == 1


def test_indices_of_many_pages_are_compared(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "PAGE", 3)
    monkeypatch.setattr(compare, "SUSPECTS", 2)
    products = [make_product() for _ in range(10)]
    index.sync()
    for product in products[::2]:
        sync_client().delete(index=index.name, id=str(product.pk))
    sync_client().indices.refresh(index=index.name)

    findings = check.check_index()

    assert (findings.products, findings.documents, findings.missing) == (10, 5, 5)


def test_command_without_an_index_names_the_next_step(transactional_db: None) -> None:
    del transactional_db
    with pytest.raises(CommandError, match=r"run manage\.py reindex") as refused:
        call_command("check_index")

    assert refused.value.returncode == 2


def test_daily_task_repairs_and_records_its_findings(index: SearchIndex, broken: tuple[int, int, int]) -> None:
    del broken
    tasks.check_index()

    saved = IndexCheck.objects.get()
    assert (saved.missing, saved.stale, saved.extra, saved.remaining) == (1, 1, 1, 0)
    assert index.documents() == expected_documents()


def test_command_prints_the_faults_as_text(broken: tuple[int, int, int]) -> None:
    _, output = run()

    assert "missing 1, stale 1, extra 1; remaining 3" in output
    assert f"product {broken[0]} is missing" in output


@pytest.mark.parametrize("products", [1, 3])
def test_number_of_queries_does_not_depend_on_the_number_of_products(
    index: SearchIndex, products: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(products):
        make_product()
    index.sync()

    with django_assert_max_num_queries(8):
        check.check_index()
    assert PhysicalIndex.objects.count() == 1
