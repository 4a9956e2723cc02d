"""State folders and checkouts for these tests, which never use the developer's stack."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools.devstack.process import Process
from tools.devstack.services import Redis, State
from tools.devstack.state import CHECKOUT

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".devstack", ".*_cache", "__pycache__", "node_modules")


@pytest.fixture
def state() -> Iterator[State]:
    """An empty state folder, removed at the end with whatever a test left running in it."""
    state = State.throwaway()
    yield state
    for pid_file in state.run.glob("*.json"):
        Process(state, pid_file.stem).stop(signal.SIGTERM, grace=5)
    state.remove()


@pytest.fixture
def redis(state: State) -> Redis:
    """A running Redis. All services are supervised in the same way, and this one starts fastest."""
    redis = Redis(state)
    redis.start()
    return redis


@dataclass(frozen=True)
class Checkout:
    """A copy of the project in another folder, used through its `./dev`."""

    folder: Path

    def dev(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run `./dev` from another folder, in an environment of little more than `variables`."""
        return self._run([str(self.folder / "dev"), *arguments], cwd="/", **variables)

    def shell(self, script: str) -> "subprocess.CompletedProcess[str]":
        """Run the lines of a script in the checkout, until one fails."""
        return self._run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder)

    def _run(self, command: list[str], *, cwd: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | variables,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,  # half a minute on a quiet machine; some are busy
        )

    def link_requirements(self) -> None:
        link = self.folder / ".venv"
        link.unlink(missing_ok=True)
        link.symlink_to((CHECKOUT / ".venv").resolve())


def status(checkout: Checkout) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(checkout.dev("status", "--json").stdout)
    return loaded


def states(checkout: Checkout) -> dict[str, str]:
    return {name: process["state"] for name, process in status(checkout)["processes"].items()}


@pytest.fixture(scope="session")
def checkout() -> Iterator[Checkout]:
    """A copy in a folder with a space in its name, with this project's requirements installed.

    A test that starts it stops it: the next start then takes a fraction of the time of the first.
    """
    with tempfile.TemporaryDirectory(prefix="dev stack ", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        copy = Checkout(Path(folder) / "shop")
        shutil.copytree(CHECKOUT, copy.folder, ignore=NOT_COPIED)
        copy.link_requirements()
        yield copy
        copy.link_requirements()
        copy.dev("reset", "--yes")
