"""The whole project on services of its own: database, cache, index, web server, workers and beat."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tools.devstack.chaos.books import Books
from tools.devstack.chaos.shop import Shop
from tools.devstack.project import Project
from tools.devstack.services import Beat, Stack, Web, Worker
from tools.devstack.throwaway import remove_abandoned

# The load is one address: what throttles do has tests of its own.
UNLIMITED = {f"THROTTLE_{scope}": "off" for scope in ("SEARCH", "SUGGEST", "ORDERS", "SIGN_IN", "API", "PAGES")}
SETTINGS = UNLIMITED | {"EMAIL_URL": "dummymail://", "INDEX_PREFIX": "", "LOG_LEVEL": "INFO"}


@dataclass
class System:
    """A running shop whose parts can be killed, hung and restarted one by one."""

    project: Project
    web: Web
    worker: Worker
    indexer: Worker
    beat: Beat
    shop: Shop
    books: Books

    @property
    def stack(self) -> Stack:
        return self.project.stack

    def more_of(self, name: str) -> Beat:
        """A second beat, as another machine would run it."""
        second = Beat(self.project.state, self.project.environment)
        second.name, second.process = name, type(second.process)(self.project.state, name)
        return second


@contextmanager
def running(
    *, products: int, stores: int, opensearch_nodes: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[System]:
    """A system with a demo catalogue, indexed and idle; everything is stopped and removed at the end."""
    remove_abandoned()
    with Stack.throwaway(opensearch_nodes=opensearch_nodes, durable=False) as stack:
        project = Project(stack)
        project.environment.update(SETTINGS | dict(settings or {}))
        # Not the one that everybody prefers: two systems that start at the same time would both find it free.
        project.state.choose_port(project.web.name, project.state.port("web of its own"))
        project.manage(
            {"arguments": ["migrate", "--verbosity", "0"]},
            {"arguments": ["seed_demo", "--products", str(products), "--stores", str(stores), "--orders", "0"]},
            {"arguments": ["reindex"]},
            {"arguments": ["collectstatic", "--noinput", "--verbosity", "0"]},
            {"arguments": ["demo_access", "--json"], "output": str(project.access_file)},
        )
        books = Books(project.environment)
        try:
            yield _started(project, books)
        finally:
            books.close()
            project.stop_application()


def _started(project: Project, books: Books) -> System:
    web, worker, indexer, beat = project.application
    for process in (web, worker, indexer, beat):
        process.launch()
    for process in (web, worker, indexer, beat):
        process.wait_ready()
    assert isinstance(web, Web)  # noqa: S101 - `Project.application` says so, in no type
    assert isinstance(worker, Worker)  # noqa: S101
    assert isinstance(indexer, Worker)  # noqa: S101
    assert isinstance(beat, Beat)  # noqa: S101
    token = project.access()["staff_token"]
    return System(project, web, worker, indexer, beat, Shop(web.url, token=token), books)
