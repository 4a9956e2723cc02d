"""The project's own processes killed with `kill -9`, and two beats."""

import os
import signal

import psutil
import pytest

from tests.faults.conftest import Trial, eventually
from tools.devstack.services import Service

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("name", ["worker", "indexer", "beat"])
def test_killed(trial: Trial, name: str) -> None:
    """What it had in hand comes back: changes are in the index, and confirmations are sent."""
    process: Service = getattr(trial.system, name)
    product_id = trial.rename(f"Tamarind {name}")
    trial.order()
    process.kill()
    trial.order()
    later = trial.rename(f"Juniper {name}")
    process.start()
    eventually(lambda: trial.finds(f"juniper {name}", later))
    assert product_id == later


def test_child_of_a_worker_killed_while_it_syncs(trial: Trial) -> None:
    """The process that runs the task, not the one that leads: Celery starts another."""
    pid = trial.system.indexer.process.pid
    assert pid is not None
    product_id = trial.rename("Saffron wardrobe")
    for child in psutil.Process(pid).children(recursive=True):
        os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: trial.finds("saffron", product_id))


def test_web_process_killed_under_its_master(trial: Trial) -> None:
    pid = trial.system.web.process.pid
    assert pid is not None
    for child in psutil.Process(pid).children():
        os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: trial.order().status == 201)


def test_second_beat_sends_nothing_until_the_first_is_gone(trial: Trial) -> None:
    second = trial.system.more_of("beat-2")
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
