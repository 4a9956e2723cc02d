"""Supervised servers: start, stop, kill and pause them, and find out whether they answer."""

import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from operator import methodcaller
from typing import Protocol, TypeVar

from tools.devstack.process import Command, Process
from tools.devstack.state import State

# Passed on from the developer's shell where set: without them a child finds no programs, time zone
# or proxy.
PASSED_ON = ("PATH", "HOME", "TZ", "TMPDIR", "LANG", "LC_ALL", "SSL_CERT_FILE")


class Server(Protocol):
    """A service, or a cluster of them."""

    name: str

    @property
    def url(self) -> str: ...
    def launch(self) -> None: ...
    def wait_ready(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


class Service(ABC):
    """One server process. Starting a running one and stopping a stopped one do nothing."""

    start_timeout = 90.0
    stop_grace = 15.0
    stop_signal = signal.SIGTERM

    def __init__(self, state: State, name: str) -> None:
        self.state = state
        self.name = name
        self.process = Process(state, name)

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients reach it."""

    @abstractmethod
    def command(self) -> Command:
        """What to run; called right before each start, and may prepare files."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it works right now; returns within about two seconds, also when it hangs."""

    @property
    def running(self) -> bool:
        return self.process.pid is not None

    def launch(self) -> None:
        """Start it without waiting, so that several start side by side; `wait_ready` waits."""
        if not self.running:
            self.process.clear()
            self.process.spawn(self.command())

    def wait_ready(self) -> None:
        self.process.wait_until(self.answers, self.start_timeout)

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        self.process.stop(self.stop_signal, self.stop_grace)

    def kill(self) -> None:
        self.process.kill()

    def pause(self) -> None:
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    def restart(self) -> None:
        self.stop()
        self.start()


S = TypeVar("S", bound=Service)


def start_together(services: Sequence[Service]) -> None:
    for service in services:
        service.launch()
    with ThreadPoolExecutor(len(services)) as pool:
        list(pool.map(methodcaller("wait_ready"), services))


def stop_together(services: Sequence[Service]) -> None:
    with ThreadPoolExecutor(len(services)) as pool:
        list(pool.map(methodcaller("stop"), services))


@contextmanager
def running_together(*services: S) -> Iterator[tuple[S, ...]]:
    """Services that run during the block."""
    try:
        start_together(services)
        yield services
    finally:
        stop_together(services)


def plain_environment() -> dict[str, str]:
    """Nothing of the developer's shell that could change the behaviour of a server."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}
