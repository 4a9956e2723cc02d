"""What every supervised server can do: start, stop, be killed, hang, recover, and say whether it really answers."""

import os
import signal
from abc import ABC, abstractmethod

from tools.devstack.process import Command, Process
from tools.devstack.state import State

# Taken over from the developer's shell where set: without them a child finds no programs, time zone or proxy.
PASSED_ON = ("PATH", "HOME", "TZ", "TMPDIR", "LANG", "LC_ALL", "SSL_CERT_FILE")


class Service(ABC):
    """One server process. `start` returns when it is ready; to start what runs or stop what does not is fine."""

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
        """Whether it does its work right now; returns within about two seconds, also when it hangs."""

    @property
    def running(self) -> bool:
        return self.process.pid is not None

    def launch(self) -> None:
        """Start it without waiting: `wait_ready` does. Several services can so start side by side."""
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


def plain_environment() -> dict[str, str]:
    """The environment that a server gets: nothing of the developer's shell that could change how it behaves."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}
