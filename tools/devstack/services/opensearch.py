"""OpenSearch: one node for development and tests, or a cluster of several nodes on this machine."""

import shutil
import signal
from functools import partial
from pathlib import Path

from tools.devstack.account import service_account
from tools.devstack.binaries import java
from tools.devstack.process import Command, Process
from tools.devstack.services.base import Service, plain_environment
from tools.devstack.services.health import opensearch_answers, put_json
from tools.devstack.services.opensearch_distribution import distribution
from tools.devstack.state import State

HEAP = "512m"
# Only the C1 compiler, and the serial collector: 4 s to start instead of 15. Not for benchmarks.
FAST_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
NODE_SETTINGS = """\
cluster.name: devstack-{label}
node.name: {name}
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
discovery.seed_hosts: [{seeds}]
cluster.initial_cluster_manager_nodes: [{first}]
path.data: "{folder}/data"
path.logs: "{folder}/logs"
cluster.routing.allocation.disk.threshold_enabled: false
"""
LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


class OpenSearchNode(Service):
    """One node of a cluster. The first node forms the cluster, the others join it."""

    start_timeout = 180.0

    def __init__(self, state: State, number: int, *, cluster_size: int, fast_start: bool) -> None:
        super().__init__(state, node_name(number))
        self.folder = state.folder / self.name
        self.cluster_size = cluster_size
        self.fast_start = fast_start

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.state.port(self.name)}"

    def reserve_ports(self) -> None:
        """Choose the ports before any configuration is written: each has the ports of all nodes."""
        self.state.startable_port(self.name)
        self.state.startable_port(transport(self.name))

    def command(self) -> Command:
        home = distribution(self.state)
        names = [node_name(number) for number in range(1, self.cluster_size + 1)]
        settings = NODE_SETTINGS.format(
            label=self.state.label,
            name=self.name,
            first=node_name(1),
            http=self.state.port(self.name),
            transport=self.state.port(transport(self.name)),
            seeds=", ".join(f'"127.0.0.1:{self.state.port(transport(name))}"' for name in names),
            folder=self.folder,
        )
        for name in ("config", "data", "logs", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "config" / "log4j2.properties").write_text(LOGGING)
        (self.folder / "config" / "opensearch.yml").write_text(settings)
        account = service_account()
        if account:
            account.own(self.folder)
        return Command(self._argv(home), plain_environment(), self.folder, account)

    def answers(self) -> bool:
        return opensearch_answers(self.url)

    def _argv(self, home: Path) -> list[str]:
        return [
            str(java(self.state)),
            f"-Xms{HEAP}",
            f"-Xmx{HEAP}",
            *(FAST_START if self.fast_start else ()),
            f"-Dopensearch.path.home={home}",
            f"-Dopensearch.path.conf={self.folder}/config",
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            "-Dopensearch.distribution.type=tar",
            "-Dopensearch.bundled_jdk=false",
            "--enable-native-access=ALL-UNNAMED",
            # This Java has no Thai word segmentation, without which no index can be created
            # ("Failed to build analyzers: [thai]"). icu4j-localespi, which is in the lock, provides
            # it.
            "-Djava.locale.providers=SPI,CLDR",
            "-cp",
            f"{home}/lib/*",
            "org.opensearch.bootstrap.OpenSearch",
        ]


class OpenSearch:
    """The cluster: methods apply to all nodes. `nodes[0].kill()` kills one of them."""

    name = "opensearch"

    def __init__(self, state: State, *, nodes: int = 1, fast_start: bool = True) -> None:
        self.state = state
        self.nodes = [
            OpenSearchNode(state, number, cluster_size=nodes, fast_start=fast_start) for number in range(1, nodes + 1)
        ]

    @property
    def url(self) -> str:
        """The addresses of all nodes, separated by commas."""
        return ",".join(node.url for node in self.nodes)

    @property
    def running(self) -> bool:
        return all(node.running for node in self.nodes)

    def answers(self) -> bool:
        return any(opensearch_answers(node.url, nodes=len(self.nodes)) for node in self.nodes)

    def launch(self) -> None:
        if self.state.opensearch_nodes > len(self.nodes):
            # A cluster without most of its nodes elects no manager. The index is a copy, so a new
            # cluster is made.
            for number in range(1, self.state.opensearch_nodes + 1):
                Process(self.state, node_name(number)).stop(signal.SIGTERM, grace=15)
                shutil.rmtree(self.state.folder / node_name(number), ignore_errors=True)
        self.state.opensearch_nodes = len(self.nodes)
        stopped = [node for node in self.nodes if not node.running]
        for node in stopped:
            node.reserve_ports()
        for node in stopped:
            node.launch()

    def wait_ready(self) -> None:
        """Wait until every node reports a complete cluster; some count a killed node for a while."""
        for node in self.nodes:
            answers = partial(opensearch_answers, node.url, nodes=len(self.nodes))
            node.process.wait_until(answers, node.start_timeout)

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        for node in reversed(self.nodes):
            node.stop()

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()

    def pause(self) -> None:
        for node in self.nodes:
            node.pause()

    def resume(self) -> None:
        for node in self.nodes:
            node.resume()

    def restart(self) -> None:
        self.stop()
        self.start()

    def replicate(self, copies: int) -> None:
        """Set the number of replicas of every index, after the number of nodes has changed."""
        put_json(f"{self.nodes[0].url}/*/_settings?allow_no_indices=true", {"index": {"number_of_replicas": copies}})


def node_name(number: int) -> str:
    return "opensearch" if number == 1 else f"opensearch-{number}"


def transport(name: str) -> str:
    """The name of the port for traffic between the nodes."""
    return f"{name}-transport"
