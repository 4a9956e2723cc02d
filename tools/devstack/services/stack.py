"""PostgreSQL, Redis and OpenSearch together."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tools.devstack.interrupts import held_off
from tools.devstack.services.base import Server
from tools.devstack.services.health import opensearch_answers, postgres_answers, redis_answers
from tools.devstack.services.opensearch import OpenSearch
from tools.devstack.services.postgres import Postgres
from tools.devstack.services.redis import Redis
from tools.devstack.state import State

CHECKS = {
    "DATABASE_URL": postgres_answers,
    "REDIS_URL": redis_answers,
    "OPENSEARCH_URL": opensearch_answers,
}


class Stack:
    """The three services of one state folder.

    `external` maps DATABASE_URL, REDIS_URL and OPENSEARCH_URL to services outside the stack, which
    it never starts or stops. Tests that break services pass nothing, and so get their own.
    """

    def __init__(
        self,
        state: State,
        *,
        external: Mapping[str, str] | None = None,
        opensearch_nodes: int = 1,
        fast_start: bool = True,
        durable: bool = True,
    ) -> None:
        self.state = state
        self.external = dict(external or {})
        self.postgres = Postgres(state, durable=durable)
        self.redis = Redis(state)
        self.opensearch = OpenSearch(state, nodes=opensearch_nodes, fast_start=fast_start)

    @classmethod
    @contextmanager
    def throwaway(
        cls, *, opensearch_nodes: int = 1, fast_start: bool = True, durable: bool = True
    ) -> Iterator["Stack"]:
        """A started, empty stack, stopped and removed at the end."""
        state = State.throwaway()
        stack = cls(state, opensearch_nodes=opensearch_nodes, fast_start=fast_start, durable=durable)
        try:
            stack.start()
            yield stack
        finally:
            with held_off():
                stack.stop()
                state.remove()

    @property
    def embedded(self) -> dict[str, Server]:
        """The services that this stack runs itself, by the variable with their address."""
        services: dict[str, Server] = {
            "DATABASE_URL": self.postgres,
            "REDIS_URL": self.redis,
            "OPENSEARCH_URL": self.opensearch,
        }
        return {variable: service for variable, service in services.items() if variable not in self.external}

    def environment(self) -> dict[str, str]:
        """The addresses by variable, as the settings read them."""
        return self.external | {variable: service.url for variable, service in self.embedded.items()}

    def launch(self) -> None:
        """Start all services without waiting; `wait_ready` waits."""
        self.state.check_disk()
        for service in self.embedded.values():
            service.launch()

    def wait_ready(self) -> None:
        for service in self.embedded.values():
            service.wait_ready()

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        for service in self.embedded.values():
            service.stop()

    def answers(self) -> dict[str, bool]:
        """Whether each service, embedded or external, works right now, by variable."""
        return {variable: CHECKS[variable](url) for variable, url in self.environment().items()}


def external_services() -> dict[str, str]:
    """The URLs that the developer has set, by variable."""
    return {name: os.environ[name] for name in CHECKS if os.environ.get(name)}
