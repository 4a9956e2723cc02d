"""The project's own processes are killed with `kill -9`; a second beat takes over."""

import os
import signal

import psutil
import pytest

from tests.faults.conftest import Trial, eventually
from tools.devstack.services import Service

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("name", ["worker", "indexer", "beat"])
def test_restarted_process_finishes_the_work_of_the_killed_one(trial: Trial, name: str) -> None:
    """Changes are indexed, and confirmations are sent."""
    process: Service = getattr(trial.system, name)
    product_id = trial.rename(f"Tamarind {name}")
    trial.order()
    process.kill()
    trial.order()
    later = trial.rename(f"Juniper {name}")
    process.start()
    eventually(lambda: trial.finds(f"juniper {name}", later))
    assert product_id == later


def test_change_is_indexed_after_the_pool_process_of_the_indexer_is_killed(trial: Trial) -> None:
    """Celery starts another process in its pool."""
    pid = trial.system.indexer.process.pid
    assert pid is not None
    product_id = trial.rename("Saffron wardrobe")
    for child in psutil.Process(pid).children(recursive=True):
        os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: trial.finds("saffron", product_id))


def test_orders_are_taken_after_a_web_process_is_killed(trial: Trial) -> None:
    pid = trial.system.web.process.pid
    assert pid is not None
    for child in psutil.Process(pid).children():
        os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: trial.order().status == 201)


def test_second_beat_schedules_nothing_until_the_first_is_killed(trial: Trial) -> None:
    second = trial.system.second_beat("beat-2")
    second.start()
    try:
        assert not leads(second)
        trial.system.beat.kill()
        eventually(lambda: leads(second))
        product_id = trial.rename("Mulberry desk")
        eventually(lambda: trial.finds("mulberry", product_id))
    finally:
        second.stop()
        trial.system.beat.start()


def leads(beat: Service) -> bool:
    return "beat leads" in beat.process.log_tail(lines=50)
