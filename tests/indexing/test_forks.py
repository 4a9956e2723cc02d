"""Forked processes work with the parent's database, report its errors, and end when they have no parent any more."""

import os
import signal
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import NoReturn

import pytest
from django.db import connection

from indexing import forks
from indexing.errors import EngineUnavailableError, ReindexRefusedError
from products.models import Product
from tests.factories import make_product
from tests.threads import in_threads

# The test's process may have threads of pytest's, of which these children need nothing.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


def count_products() -> tuple[int, int]:
    """Their number, and the process of PostgreSQL that counted them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), pg_backend_pid() FROM products_product")
        counted: tuple[int, int] = cursor.fetchone()
    return counted


def refuse() -> NoReturn:
    raise ReindexRefusedError("first reason", "second reason")


def miss_the_engine() -> NoReturn:
    raise EngineUnavailableError("OpenSearch does not answer")


def kill_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
def test_each_process_has_its_own_session_of_the_same_database() -> None:
    make_product()
    mine = count_products()

    with forks.forked(1) as pool:
        theirs = pool.submit(count_products).result()

    assert theirs[0] == mine[0] == Product.objects.count()
    assert theirs[1] != mine[1]
    assert count_products() == mine, "the parent's session must survive"


def test_errors_keep_their_reasons_on_the_way_to_the_parent() -> None:
    with forks.forked(1) as pool:
        with pytest.raises(ReindexRefusedError) as refused:
            pool.submit(refuse).result()
        with pytest.raises(EngineUnavailableError, match=r"^OpenSearch does not answer$"):
            pool.submit(miss_the_engine).result()

    assert refused.value.reasons == ("first reason", "second reason")
    assert str(refused.value) == "first reason; second reason"


def test_killed_process_is_reported_with_what_may_help() -> None:
    with pytest.raises(ReindexRefusedError, match=r"was killed.*continue with --resume"), forks.forked(2) as pool:
        pool.submit(kill_this_process).result()


def test_processes_are_ended_in_the_middle_of_their_work_when_the_block_raises() -> None:
    working: list[Future[None]] = []

    def interrupted() -> NoReturn:
        with forks.forked(1) as pool:
            working.append(pool.submit(time.sleep, 5))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert isinstance(working[0].exception(), BrokenProcessPool)


def test_process_with_other_threads_is_not_forked() -> None:
    answers: list[bool] = []

    in_threads(lambda: answers.append(forks.is_safe()))

    assert answers == [False]
