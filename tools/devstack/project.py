"""The services, the web server, the workers and beat of one state folder."""

import json
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path

from tools.devstack.console import say
from tools.devstack.errors import DevstackError
from tools.devstack.management import Call
from tools.devstack.services import Beat, Service, Stack, State, Web, Worker, external_services, stop_together
from tools.devstack.services.sentence_model import model_environment
from tools.devstack.state import CHECKOUT, is_free
from tools.devstack.static_files import StaticFiles

EXAMPLES_ORIGIN = "http://localhost:5173"  # of `./dev example`


class Project:
    """What `./dev up` runs."""

    def __init__(self, stack: Stack, *, fetch_model: bool = True) -> None:
        self.stack = stack
        self._fetch_model = fetch_model
        self.state = stack.state

    @classmethod
    def of_checkout(cls, *, opensearch_nodes: int | None = None, fetch_model: bool = True) -> "Project":
        """The developer's own; by default with as many OpenSearch nodes as at its last start."""
        state = State.of_checkout()
        nodes = opensearch_nodes or state.opensearch_nodes
        stack = Stack(state, external=external_services(), opensearch_nodes=nodes)
        return cls(stack, fetch_model=fetch_model)

    @cached_property
    def environment(self) -> dict[str, str]:
        """As in production, but over plain HTTP. Variables of the developer's shell take precedence."""
        defaults = {
            **model_environment(self.state, fetch=self._fetch_model),
            "SECRET_KEY": self.state.password("secret key"),
            "DEBUG": "false",
            "SECURE": "false",
            "MEDIA_ROOT": str(self.state.folder / "media"),
            "SERVE_MEDIA": "true",
            "CORS_ALLOWED_ORIGINS": EXAMPLES_ORIGIN,
            "STATIC_ROOT": str(StaticFiles(self.state).folder),
            "SEARCH_REPLICAS": "1" if len(self.stack.opensearch.nodes) > 1 else "0",
        }
        return {**defaults, **os.environ, **self.stack.environment()}

    @cached_property
    def web(self) -> Web:
        return Web(self.state, self.environment)

    @cached_property
    def worker(self) -> Worker:
        return Worker(self.state, self.environment, name="worker", queues="orders,default", concurrency=3)

    @cached_property
    def webhooks(self) -> Worker:
        return Worker(self.state, self.environment, name="webhooks", queues="webhooks")

    @cached_property
    def indexer(self) -> Worker:
        return Worker(self.state, self.environment, name="indexer", queues="indexing")

    @cached_property
    def beat(self) -> Beat:
        return Beat(self.state, self.environment)

    @property
    def application(self) -> list[Service]:
        """The project's own processes, in the order in which they are started."""
        return [self.web, self.worker, self.webhooks, self.indexer, self.beat]

    @property
    def services(self) -> list[Service]:
        """The embedded services; a cluster counts as its nodes."""
        embedded = self.stack.embedded
        single: list[Service] = [self.stack.postgres] if "DATABASE_URL" in embedded else []
        single += [self.stack.redis] if "REDIS_URL" in embedded else []
        return [*single, *(self.stack.opensearch.nodes if "OPENSEARCH_URL" in embedded else [])]

    @property
    def processes(self) -> list[Service]:
        return [*self.services, *self.application]

    def process(self, name: str) -> Service:
        for process in self.processes:
            if process.name == name:
                return process
        names = ", ".join(process.name for process in self.processes)
        raise DevstackError(f"There is no process {name!r}.", f"Choose one of: {names}.")

    def take_web_port(self, wanted: int) -> None:
        """Use this port for the web server from now on."""
        try:
            free = is_free(wanted)
        except PermissionError:
            raise DevstackError(
                f"This user may not listen on port {wanted}.",
                "Choose a port from 1024, or leave out --port to have a free one chosen.",
            ) from None
        if not free:
            raise DevstackError(
                f"Port {wanted} is taken by another program.",
                "Stop that program, or leave out --port to have a free one chosen.",
            )
        self.state.choose_port(self.web.name, wanted)

    def settle_web_port(self) -> None:
        """Choose another port if a program has taken the stored one, right before the start."""
        before = self.state.port(self.web.name)
        if self.state.startable_port(self.web.name) != before:
            say(f"Port {before} is taken by another program: this stack uses another one.")

    def manage(self, *calls: Call) -> None:
        """Run management commands in turn; the terminal shows their output."""
        argv = [sys.executable, "-m", "tools.devstack.management", json.dumps(calls)]
        # Statements over a whole catalogue are slow; a warning for each would bury the progress.
        environment = {"SLOW_QUERY_SECONDS": "60"} | self.environment
        if subprocess.run(argv, env=environment, cwd=CHECKOUT, check=False).returncode:
            raise DevstackError(
                f"manage.py {' or '.join(call['arguments'][0] for call in calls)} failed.",
                "The reason is above. Solve it and run the command again: finished steps are not repeated.",
            )

    def manage_argv(self, *arguments: str) -> list[str]:
        return [sys.executable, str(CHECKOUT / "manage.py"), *arguments]

    def stop(self) -> list[str]:
        """Stop everything, the application first; the names of the processes that ran."""
        stack = Stack(self.state, opensearch_nodes=self.state.opensearch_nodes)
        everything = Project(stack, fetch_model=False)  # what runs has been given its model
        started = [process.name for process in everything.processes if process.running or process.process.died]
        everything.stop_application()
        stop_together(everything.services)
        return started

    def stop_application(self) -> None:
        stop_together(self.application)

    @property
    def changes_node_count(self) -> bool:
        """Whether OpenSearch will have another number of nodes than at its last start."""
        return len(self.stack.opensearch.nodes) != self.state.opensearch_nodes

    def access(self) -> dict[str, str]:
        """Demo logins and tokens of the last start; empty before the first."""
        try:
            loaded: dict[str, str] = json.loads(self.access_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return loaded

    @property
    def access_file(self) -> Path:
        return self.state.folder / "access.json"
