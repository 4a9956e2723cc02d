"""The project's own processes: web server, Celery workers and beat."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from devstack.process import Command
from devstack.services.base import Service
from devstack.services.health import http_answers
from devstack.state import CHECKOUT, State

WORKER_PING_SECONDS = 1


class ApplicationProcess(Service):
    """A process of the project; `environment` holds the addresses of its services and the project's settings."""

    stop_grace = 30.0

    def __init__(self, state: State, name: str, environment: Mapping[str, str]) -> None:
        super().__init__(state, name)
        self.environment = {**os.environ, **environment}

    def command(self) -> Command:
        return Command([sys.executable, "-m", *self.arguments()], self.environment, CHECKOUT)

    def arguments(self) -> Sequence[str]:
        """The module to run, with its arguments."""
        raise NotImplementedError


class Web(ApplicationProcess):
    """Gunicorn. Ready means that `/health/ready` says so, and not merely that a port is open."""

    def __init__(self, state: State, environment: Mapping[str, str], *, port_name: str = "web") -> None:
        super().__init__(state, port_name, environment)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.state.port(self.name)}/"

    def arguments(self) -> Sequence[str]:
        address = f"127.0.0.1:{self.state.port(self.name)}"
        return ["gunicorn", "--config", "python:backend.gunicorn", "--bind", address, "backend.wsgi:application"]

    def answers(self) -> bool:
        return http_answers(f"{self.url}health/ready")


class Worker(ApplicationProcess):
    """A Celery worker for the given queues. Ready means that it answers a ping over the broker."""

    def __init__(
        self, state: State, environment: Mapping[str, str], *, name: str, queues: str, concurrency: int = 1
    ) -> None:
        super().__init__(state, name, environment)
        self.queues = queues
        self.concurrency = concurrency

    @property
    def url(self) -> str:
        """Its name on the broker, unlike that of any other stack's worker."""
        return f"{self.name}@{self.state.label}"

    def arguments(self) -> Sequence[str]:
        options = ["--queues", self.queues, "--hostname", self.url, "--concurrency", str(self.concurrency)]
        return [
            "celery",
            "--app",
            "backend",
            "worker",
            *options,
            "--loglevel",
            "info",
            "--without-gossip",
            "--without-mingle",
        ]

    def answers(self) -> bool:
        return self.running and self._pong()

    def _pong(self) -> bool:
        ping = ["celery", "--app", "backend", "inspect", "--timeout", str(WORKER_PING_SECONDS), "ping"]
        result = subprocess.run(
            [sys.executable, "-m", *ping, "--destination", self.url],
            env=self.environment,
            cwd=CHECKOUT,
            capture_output=True,
            check=False,
            timeout=30,
        )
        return result.returncode == 0


class Beat(ApplicationProcess):
    """Celery's scheduler. Its schedule file lives with the rest of the state."""

    stop_signal = signal.SIGTERM

    def __init__(self, state: State, environment: Mapping[str, str]) -> None:
        super().__init__(state, "beat", environment)

    @property
    def url(self) -> str:
        return ""

    def arguments(self) -> Sequence[str]:
        schedule = self.state.folder / "celerybeat-schedule"
        return ["celery", "--app", "backend", "beat", "--schedule", str(schedule), "--pidfile=", "--loglevel", "info"]

    def answers(self) -> bool:
        return self.running and "beat: Starting" in self.process.log_tail(lines=200)
