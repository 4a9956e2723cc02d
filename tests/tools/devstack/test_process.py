"""Start, stop, kill and pause of a supervised process."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tools.devstack.errors import DevstackError
from tools.devstack.process import Command, Process
from tools.devstack.services import State

pytestmark = pytest.mark.service

PARENT = "import subprocess, time; subprocess.Popen(['sleep', '60']); print('up', flush=True); time.sleep(60)"
IGNORES_SIGTERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)


def started(state: State, code: str) -> Process:
    process = Process(state, "probe")
    process.spawn(Command([sys.executable, "-c", code], dict(os.environ), Path("/")))
    process.wait_until(lambda: "up" in process.log_tail(), timeout=20)
    return process


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_another_object_finds_the_running_process(state: State) -> None:
    first = started(state, IGNORES_SIGTERM)

    second = Process(state, "probe")

    assert second.pid == first.pid
    second.stop(signal.SIGTERM, grace=0)


def test_stop_ends_a_process_that_ignores_the_signal(state: State) -> None:
    process = started(state, IGNORES_SIGTERM)
    pid = process.pid
    assert pid

    process.stop(signal.SIGTERM, grace=0.2)

    assert not alive(pid)
    assert (process.pid, process.died) == (None, False)


def test_stop_ends_a_paused_process(state: State) -> None:
    process = started(state, "print('up', flush=True); import time; time.sleep(60)")
    process.pause()
    assert process.paused

    process.stop(signal.SIGTERM, grace=10)

    assert process.pid is None


def test_a_killed_process_counts_as_died_until_it_is_stopped(state: State) -> None:
    process = started(state, IGNORES_SIGTERM)

    process.kill()

    assert process.died
    process.stop(signal.SIGTERM, grace=0)
    assert not process.died


def test_children_of_a_process_killed_from_outside_are_ended(state: State) -> None:
    process = started(state, PARENT)
    assert process.pid
    parent = psutil.Process(process.pid)
    (child,) = parent.children()
    parent.kill()

    process.stop(signal.SIGTERM, grace=5)

    assert not alive(child.pid)


def test_a_process_whose_start_was_interrupted_is_found(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    popen, children = subprocess.Popen, []

    def interrupted(*arguments: Any, **options: Any) -> None:
        children.append(popen(*arguments, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Process(state, "probe").spawn(Command(["sleep", "60"], dict(os.environ), Path("/")))
    monkeypatch.undo()

    process = Process(state, "probe")

    assert (process.pid, process.died) == (None, False)
    process.stop(signal.SIGTERM, grace=0)
    assert children[0].wait(timeout=20) == -signal.SIGKILL


def test_stop_ends_a_process_whose_folder_was_removed(state: State) -> None:
    process = started(state, IGNORES_SIGTERM)
    pid = process.pid
    assert pid
    state.remove()

    process.stop(signal.SIGTERM, grace=0)

    assert not alive(pid)


def test_a_pid_that_now_belongs_to_another_program_is_left_alone(state: State) -> None:
    stranger = psutil.Popen(["sleep", "60"])
    try:
        (state.run / "probe.json").write_text(json.dumps({"pid": stranger.pid, "started": "a boot long ago 1"}))
        process = Process(state, "probe")

        assert process.died
        process.stop(signal.SIGTERM, grace=1)
        process.kill()

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_process_that_ends_while_starting_fails_at_once_with_the_end_of_its_log(state: State) -> None:
    process = Process(state, "probe")
    process.spawn(Command([sys.executable, "-c", "raise SystemExit('no port for me')"], dict(os.environ), Path("/")))

    with pytest.raises(DevstackError) as failure:
        process.wait_until(lambda: False, timeout=60)

    assert failure.value.reason == "probe ended while it was starting."
    assert failure.value.log_tail == "no port for me"
    assert str(process.log) in failure.value.next_step


def test_a_process_that_never_becomes_ready_is_reported_after_the_timeout(state: State) -> None:
    process = started(state, IGNORES_SIGTERM)

    with pytest.raises(DevstackError, match="probe did not become ready within 0 s"):
        process.wait_until(lambda: False, timeout=0.1)

    process.stop(signal.SIGTERM, grace=0)
