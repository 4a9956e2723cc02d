"""The project's own processes: web server, Celery workers and beat."""

import os
import sys
import time
from collections.abc import Mapping, Sequence

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tools.devstack.process import Command
from tools.devstack.services.base import Service
from tools.devstack.services.health import http_answers
from tools.devstack.state import CHECKOUT, State

WORKER_PING_SECONDS = 1
BEAT_SILENCE_SECONDS = 15
# The default of the settings; a ping has to use the same prefix.
BROKER_PREFIX = "celery:"


class ApplicationProcess(Service):
    """A process of the project; `environment` has its settings and the addresses of its services."""

    stop_grace = 30.0

    def __init__(self, state: State, name: str, environment: Mapping[str, str]) -> None:
        super().__init__(state, name)
        self.environment = {"BROKER_PREFIX": BROKER_PREFIX, **os.environ, **environment}

    def command(self) -> Command:
        return Command([sys.executable, "-m", *self.arguments()], self.environment, CHECKOUT)

    def arguments(self) -> Sequence[str]:
        """The module to run, with its arguments."""
        raise NotImplementedError


class Web(ApplicationProcess):
    """Gunicorn. Ready when `/health/ready` answers 200."""

    def __init__(self, state: State, environment: Mapping[str, str], *, port_name: str = "web") -> None:
        super().__init__(state, port_name, environment)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.state.port(self.name)}{self.environment.get('SCRIPT_NAME', '')}/"

    def arguments(self) -> Sequence[str]:
        address = f"127.0.0.1:{self.state.port(self.name)}"
        return ["gunicorn", "--config", "python:backend.gunicorn", "--bind", address, "backend.wsgi:application"]

    def answers(self) -> bool:
        # A healthy server of another checkout may listen on the port.
        return self.process.listens_on(self.state.port(self.name)) and http_answers(f"{self.url}health/ready")


class Worker(ApplicationProcess):
    """A Celery worker for the given queues. Ready when it answers a ping over the broker."""

    def __init__(
        self, state: State, environment: Mapping[str, str], *, name: str, queues: str, concurrency: int = 1
    ) -> None:
        super().__init__(state, name, environment)
        self.queues = queues
        self.concurrency = concurrency

    @property
    def url(self) -> str:
        """Its name on the broker, different from the workers of other stacks."""
        return f"{self.name}@{self.state.label}"

    def arguments(self) -> Sequence[str]:
        options = ["--queues", self.queues, "--hostname", self.url, "--concurrency", str(self.concurrency)]
        options += ["--loglevel", "info", "--without-gossip", "--without-mingle"]
        return ["celery", "--app", "backend", "worker", *options]

    def answers(self) -> bool:
        if not self.running:
            return False
        broker = Celery(broker=self.environment["REDIS_URL"], set_as_current=False)
        broker.conf.broker_transport_options = {
            "global_keyprefix": self.environment["BROKER_PREFIX"],
            "socket_timeout": WORKER_PING_SECONDS,
            "socket_connect_timeout": WORKER_PING_SECONDS,
        }
        try:
            return bool(broker.control.ping([self.url], timeout=WORKER_PING_SECONDS, limit=1))
        except (OperationalError, RedisError):
            return False
        finally:
            broker.close()

    def wait_ready(self) -> None:
        # The log first: every ping waits a full second for a worker that still loads.
        self.process.wait_until(lambda: f"{self.url} ready" in self.process.log_tail(lines=200), self.start_timeout)
        super().wait_ready()


class Beat(ApplicationProcess):
    """Celery's scheduler. Ready when it has just touched its heartbeat file, as it does every second."""

    def __init__(self, state: State, environment: Mapping[str, str]) -> None:
        super().__init__(state, "beat", environment)
        self.heartbeat = state.run / "beat.heartbeat"
        self.environment["HEARTBEAT_FILE"] = str(self.heartbeat)

    @property
    def url(self) -> str:
        return ""

    def command(self) -> Command:
        self.heartbeat.unlink(missing_ok=True)
        return super().command()

    def arguments(self) -> Sequence[str]:
        return ["celery", "--app", "backend", "beat", "--pidfile=", "--loglevel", "info"]

    def answers(self) -> bool:
        try:
            return self.running and time.time() - self.heartbeat.stat().st_mtime < BEAT_SILENCE_SECONDS
        except FileNotFoundError:
            return False
