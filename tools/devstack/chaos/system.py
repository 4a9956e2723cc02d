"""The whole project on services of its own."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tools.devstack.chaos.audit import Audit
from tools.devstack.chaos.shop import Shop
from tools.devstack.project import Project
from tools.devstack.services import Beat, Stack, Standby, Web, Worker, running_together, start_together
from tools.devstack.throwaway import remove_abandoned

# All load comes from one address; throttles have tests of their own.
UNLIMITED = {f"THROTTLE_{scope}": "off" for scope in ("SEARCH", "SUGGEST", "ORDERS", "SIGN_IN", "API", "PAGES")}
SETTINGS = UNLIMITED | {
    "GUEST_CONFIRMATIONS": "0",
    "EMAIL_URL": "dummymail://",
    "INDEX_PREFIX": "",
    "LOG_LEVEL": "INFO",
}
HEALTHY = {"status": "ok", "postgresql": "ok", "redis": "ok", "opensearch": "ok", "workers": "ok", "replica": "ok"}


@dataclass
class System:
    """A running shop whose parts can be killed, paused and restarted one by one."""

    project: Project
    standby: Standby
    web: Web
    worker: Worker
    indexer: Worker
    beat: Beat
    shop: Shop
    audit: Audit

    @property
    def stack(self) -> Stack:
        return self.project.stack

    def second_beat(self, name: str) -> Beat:
        """Another beat, as on another machine."""
        second = Beat(self.project.state, self.project.environment)
        second.name, second.process = name, type(second.process)(self.project.state, name)
        return second

    def await_recovery(self, seconds: float) -> None:
        """Wait until every part is healthy and the index has every change, or raise TimeoutError."""
        deadline = time.monotonic() + seconds
        while (health := self.shop.health().body) != HEALTHY:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not healthy after {seconds:.0f} s: {health}")
            time.sleep(0.5)
        self.audit.await_index(max(1.0, deadline - time.monotonic()))


@contextmanager
def running(
    *, products: int, stores: int, opensearch_nodes: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[System]:
    """A system with a demo catalogue, indexed and idle; it is removed at the end."""
    remove_abandoned()
    with (
        Stack.throwaway(opensearch_nodes=opensearch_nodes, durable=False) as stack,
        running_together(Standby(stack.postgres)) as (standby,),
    ):
        project = Project(stack)
        project.environment.update(SETTINGS | {"DATABASE_REPLICA_URL": standby.url} | dict(settings or {}))
        # Not the preferred port: two systems that start at the same time would both find it free.
        project.state.choose_port(project.web.name, project.state.port("web of its own"))
        project.manage(
            {"arguments": ["migrate", "--verbosity", "0"]},
            {"arguments": ["seed_demo", "--products", str(products), "--stores", str(stores), "--orders", "0"]},
            {"arguments": ["reindex"]},
            {"arguments": ["collectstatic", "--noinput", "--verbosity", "0"]},
            {"arguments": ["demo_access", "--json"], "output": str(project.access_file)},
        )
        shop = Shop(project.web.url, token=project.access()["staff_token"])
        audit = Audit(project.environment)
        try:
            start_together(project.application)
            parts = project.web, project.worker, project.indexer, project.beat
            yield System(project, standby, *parts, shop, audit)
        finally:
            for process in reversed(project.application):
                process.kill()  # what they still had to do goes with their database
            audit.close()
