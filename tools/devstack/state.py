"""The state of one stack: data, logs, pid files, and the ports and passwords it has chosen."""

import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypedDict

from tools.devstack.account import service_account
from tools.devstack.errors import DevstackError
from tools.devstack.liveness import start_mark

CHECKOUT = Path(__file__).resolve().parents[2]
# Below the ephemeral ports of Linux and macOS, so that no outgoing connection uses a stored port.
PORT_RANGE = range(20000, 32000)
PREFERRED_PORTS: Final[Mapping[str, int]] = {"web": 8000}
CLOSED_CHECKOUT_STATE = Path("/var/lib/devstack")
MINIMUM_FREE_BYTES = 1_000_000_000


class Settings(TypedDict, total=False):
    ports: dict[str, int]
    passwords: dict[str, str]
    opensearch_nodes: int


class State:
    """The folder of one stack. Two stacks share no port, password, data or process."""

    def __init__(
        self, folder: Path, *, shared: Path | None = None, preferred_ports: Mapping[str, int] = PREFERRED_PORTS
    ) -> None:
        self.folder = folder
        self._preferred_ports = preferred_ports
        # Read-only, and the same for every stack of a checkout: OpenSearch's jars, copied binaries.
        self.shared = shared or folder / "shared"
        self.logs = folder / "logs"
        self.run = folder / "run"

    @classmethod
    def of_checkout(cls) -> "State":
        """The developer's own stack: `.devstack/` in the checkout."""
        return cls(_reachable_folder(CHECKOUT)).create()

    @classmethod
    def throwaway(cls, name: str | None = None) -> "State":
        """A stack for tests. With a name, later calls return the same one."""
        parent = cls.throwaway_folder()
        folder = parent / name if name else Path(tempfile.mkdtemp(dir=parent, prefix=f"{_run_of(os.getpid())}-"))
        # No preferred ports: several stacks run at once, and one that restarts must find its port
        # still free.
        return cls(folder, shared=cls.of_checkout().shared, preferred_ports={}).create()

    @classmethod
    def throwaway_folder(cls) -> Path:
        folder = cls.of_checkout().folder / "throwaway"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)  # whatever the umask is
        return folder

    @property
    def abandoned(self) -> bool:
        """Whether the process that it was made for has ended."""
        kind, _, rest = self.folder.name.partition("-")
        pid = rest.partition("-")[0]
        return kind == "run" and not self.folder.name.startswith(f"{_run_of(int(pid))}-")

    def create(self) -> "State":
        """Make the folders. The service account may pass through, but not list or read them."""
        for folder in (self.folder, self.shared, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711 if folder == self.folder else 0o755)
        return self

    def remove(self) -> None:
        # The lock is the last to go, as it makes others wait.
        for entry in self.folder.glob("*"):
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def check_disk(self) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < MINIMUM_FREE_BYTES:
            raise DevstackError(
                f"Only {free // 1_000_000} MB are free where {self.folder} lives; the stack needs 1 GB to start.",
                "Free some disk space, then run the command again.",
            )

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Only one command at a time starts or stops this stack; others wait."""
        path = self.folder / "lock"
        while True:
            self.create()
            with path.open("w") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                # `remove` may have deleted the file meanwhile: its lock excludes nobody.
                if _is_file(handle.fileno(), path):
                    yield
                    return

    @property
    def label(self) -> str:
        """A short name, unique for this folder, so that clusters and workers of two stacks stay apart."""
        return hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]

    def port(self, name: str) -> int:
        """The port stored for a name; chosen now if there is none."""
        stored = self.settings().get("ports", {}).get(name)
        return stored if stored is not None else self.choose_port(name)

    def choose_port(self, name: str, wanted: int | None = None) -> int:
        """Choose a free port, or take the wanted one, and store it for this name."""
        settings = self.settings()
        ports = settings.setdefault("ports", {})
        ports[name] = wanted or _free_port(self._preferred_ports.get(name), excluded=set(ports.values()))
        self._save(settings)
        return ports[name]

    def startable_port(self, name: str) -> int:
        """The stored port, or a new one if another program uses it. For a stopped service."""
        port = self.port(name)
        try:
            return port if is_free(port) else self.choose_port(name)
        except PermissionError:
            return self.choose_port(name)

    def password(self, name: str) -> str:
        settings = self.settings()
        passwords = settings.setdefault("passwords", {})
        if name not in passwords:
            passwords[name] = secrets.token_urlsafe(32)
            self._save(settings)
        return passwords[name]

    @property
    def opensearch_nodes(self) -> int:
        return self.settings().get("opensearch_nodes", 1)

    @opensearch_nodes.setter
    def opensearch_nodes(self, count: int) -> None:
        self._save({**self.settings(), "opensearch_nodes": count})

    def settings(self) -> Settings:
        try:
            loaded: Settings = json.loads(self._settings_file.read_text())
        except FileNotFoundError:
            return {}
        except ValueError:
            raise DevstackError(
                f"{self._settings_file} is not readable JSON.", f"Run ./dev down, then remove {self.folder}."
            ) from None
        return loaded

    @property
    def _settings_file(self) -> Path:
        return self.folder / "settings.json"

    def _save(self, settings: Settings) -> None:
        write_private(self._settings_file, json.dumps(settings, indent=2))


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically; only its owner can read it."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
    Path(draft).replace(path)


def _is_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def is_free(port: int) -> bool:
    """Whether no program listens on it. PermissionError for a port that we may not listen on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True


def _run_of(pid: int) -> str:
    """A name for the run of a process; a later process with the same pid has another one."""
    return f"run-{pid}-{hashlib.sha256((start_mark(pid) or 'gone').encode()).hexdigest()[:8]}"


def _free_port(preferred: int | None, *, excluded: set[int]) -> int:
    if preferred is not None and is_free(preferred):
        return preferred
    for _ in range(200):
        port = secrets.choice(PORT_RANGE)
        if port not in excluded and is_free(port):
            return port
    raise DevstackError("No free port on this machine.", "Stop some programs that listen on ports, then try again.")


def _reachable_folder(checkout: Path) -> Path:
    """`.devstack/` in the checkout, or a folder of root if the service account cannot enter that."""
    account = service_account()
    if account is None or account.can_enter(checkout):
        return checkout / ".devstack"
    CLOSED_CHECKOUT_STATE.mkdir(parents=True, exist_ok=True)
    CLOSED_CHECKOUT_STATE.chmod(0o711)
    return CLOSED_CHECKOUT_STATE / hashlib.sha256(str(checkout).encode()).hexdigest()[:16]
