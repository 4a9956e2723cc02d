"""A commit queues a sync at once, many commits queue one, and beat queues a lost one again."""

import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from indexing import queueing, tasks
from products.models import Product
from products.signals import products_changed
from stores.signals import stock_changed
from tests.broker import BrokerQueue
from tests.factories import make_product
from tests.indexing.conftest import SearchIndex
from tests.threads import in_threads

SYNC = "indexing.tasks.sync_index"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queue() -> Iterator[BrokerQueue]:
    queue = BrokerQueue("indexing")
    yield queue
    queue.clear()


def test_saved_product_queues_a_sync_when_its_transaction_commits(queue: BrokerQueue) -> None:
    with transaction.atomic():
        make_product()
        assert queue.tasks() == []

    assert queue.tasks() == [SYNC]


def test_rolled_back_change_queues_nothing(queue: BrokerQueue) -> None:
    with transaction.atomic():
        make_product()
        transaction.set_rollback(True)

    assert queue.tasks() == []


@pytest.mark.parametrize("signal", [products_changed, stock_changed])
def test_signals_of_bulk_writes_and_of_stock_queue_a_sync(queue: BrokerQueue, signal: object) -> None:
    signal.send(sender=None, store_id=1, product_ids=[1])  # type: ignore[attr-defined]

    assert queue.tasks() == [SYNC]


def test_many_changes_queue_one_sync(queue: BrokerQueue) -> None:
    for _ in range(10):
        make_product()

    assert queue.tasks() == [SYNC]


def test_change_after_a_sync_has_started_queues_another(queue: BrokerQueue) -> None:
    make_product()
    queueing.hold_requests(0)
    make_product()

    assert queue.tasks() == [SYNC, SYNC]


def test_change_while_a_sync_lingers_queues_none(queue: BrokerQueue) -> None:
    queueing.hold_requests(1)
    make_product()
    assert queue.tasks() == []

    queueing.allow_requests()
    make_product()
    assert queue.tasks() == [SYNC]


def test_lingering_sync_finds_changes_that_queued_no_sync(index: SearchIndex) -> None:
    def insert() -> None:
        time.sleep(0.3)  # into the lingering, at any point of it
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO products_product"
                " (sku, name, description, brand, price, attributes, active, popularity, updated_at)"
                " VALUES ('SQL', 'Sql', '', '', 1, '{}', true, 0, now())"
            )

    in_threads(insert, lambda: tasks.sync_index(linger=3))

    assert len(index.ids()) == 1


def test_sync_that_redis_lost_is_queued_again(queue: BrokerQueue) -> None:
    make_product()
    queue.clear()
    cache.clear()

    make_product()

    assert queue.tasks() == [SYNC]


def test_beat_queues_every_task_that_may_be_lost() -> None:
    beat = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert beat["indexing.tasks.sync_index"] == 1.0
    assert {"indexing.tasks.ensure_index", "indexing.tasks.check_index", "indexing.tasks.purge_history"} <= set(beat)
    assert settings.CELERY_TASK_ROUTES["indexing.tasks.sync_index"] == {"queue": "indexing"}


def test_task_brings_the_index_up_to_date(index: SearchIndex) -> None:
    product = make_product()

    tasks.sync_index()

    assert index.ids() == {product.pk}


def test_task_without_an_index_leaves_everything_due() -> None:
    make_product()

    tasks.sync_index()

    assert Product.objects.count() == 1
