"""A transaction runs again, a few times, after a deadlock or a serialization failure only."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from foundation.transactions import ATTEMPTS, in_one_statement, in_one_transaction
from products.models import Product
from tests.factories import make_product
from tests.orders.together import run_together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.races]

DEADLOCK, LOCK_NOT_AVAILABLE = "40P01", "55P03"


def raise_in_postgresql(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'broken off' USING ERRCODE = '{code}'; END $$")


def test_deadlocked_transactions_both_succeed(caplog: pytest.LogCaptureFixture) -> None:
    products = [make_product().pk, make_product().pk]
    both_hold_one = threading.Barrier(2)

    def take(order: list[int]) -> None:
        tried = 0

        @in_one_transaction
        def rename() -> None:
            nonlocal tried
            tried += 1
            Product.objects.filter(pk=order[0]).update(name=f"from {order[0]}")
            if tried == 1:
                both_hold_one.wait()
            Product.objects.filter(pk=order[1]).update(name=f"from {order[0]}")

        try:
            rename()
        finally:
            connection.close()

    run_together([lambda: take(products), lambda: take(products[::-1])])
    names = set(Product.objects.values_list("name", flat=True))
    assert names in ({f"from {products[0]}"}, {f"from {products[1]}"})
    # Usually one retry; the second run may meet the other transaction again.
    assert sum("running it again" in record.getMessage() for record in caplog.records) in range(1, ATTEMPTS)


@pytest.mark.parametrize("code", [DEADLOCK, "40001"])
def test_it_runs_a_few_times_and_then_fails(code: str) -> None:
    tried = 0

    @in_one_transaction
    def doomed() -> None:
        nonlocal tried
        tried += 1
        raise_in_postgresql(code)

    with pytest.raises(OperationalError, match="broken off"):
        doomed()
    assert tried == ATTEMPTS


def test_another_failure_is_not_retried() -> None:
    tried = 0

    @in_one_transaction
    def refused() -> None:
        nonlocal tried
        tried += 1
        raise_in_postgresql(LOCK_NOT_AVAILABLE)

    with pytest.raises(OperationalError, match="broken off"):
        refused()
    assert tried == 1


def test_work_before_the_failure_is_rolled_back_each_time() -> None:
    tried = 0

    @in_one_transaction
    def second_time_lucky() -> None:
        nonlocal tried
        tried += 1
        make_product(f"attempt {tried}")
        if tried == 1:
            raise_in_postgresql(DEADLOCK)

    second_time_lucky()
    assert list(Product.objects.values_list("name", flat=True)) == ["attempt 2"]


@pytest.mark.parametrize("kind", [in_one_transaction, in_one_statement])
def test_it_refuses_to_run_inside_another_transaction(kind: Callable[..., Callable[[], Product]]) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        kind(make_product)()


def test_single_statement_commits_by_itself_and_is_retried() -> None:
    tried = 0

    @in_one_statement
    def second_time_lucky() -> None:
        nonlocal tried
        tried += 1
        assert connection.get_autocommit()
        if tried == 1:
            raise_in_postgresql(DEADLOCK)
        make_product("only once")

    second_time_lucky()
    assert Product.objects.get().name == "only once"
