"""A supervised process: has a session of its own and a pid file, and is stopped with its children."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tools.devstack.account import Account
from tools.devstack.errors import DevstackError
from tools.devstack.liveness import start_mark
from tools.devstack.state import State

# In the environment of a process and of its children: finds children that outlive a killed parent.
MARK = "DEVSTACK_PROCESS"
POLL_SECONDS = 0.05
# How long the kernel may take to stop or end a process after a signal.
SIGNAL_SECONDS = 10.0
LOG_LINES_SHOWN = 15


@dataclass(frozen=True)
class Command:
    """What to run, and as which user. Nothing but `environment` is inherited."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    account: Account | None = None


class Process:
    """A process with a name, unique in its state folder. Several objects may refer to one process."""

    def __init__(self, state: State, name: str) -> None:
        self.name = name
        self.log = state.logs / f"{name}.log"
        self._pid_file = state.run / f"{name}.json"
        self._stopping = state.run / f"{name}.stopping"
        self._mark = f"{state.folder}/{name}"
        self._spawned: int | None = None

    def spawn(self, command: Command) -> None:
        """Start it in a session of its own, which neither Ctrl-C nor a closed terminal reaches."""
        account = command.account
        # Exists before the process, or `clear` would never look for one that is interrupted right here.
        self._pid_file.write_text("")
        if self.log.exists():
            self.log.replace(self.log.with_name(f"{self.name}.previous.log"))
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                command.argv,
                env={**command.environment, MARK: self._mark},
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        self._spawned = child.pid
        self._pid_file.write_text(json.dumps({"pid": child.pid, "started": start_mark(child.pid)}))
        self._stopping.unlink(missing_ok=True)
        # Python warns when a Popen object goes before its process has ended, as this one may;
        # `_reap` reaps it.
        child.returncode = 0

    @property
    def pid(self) -> int | None:
        """The pid while the process runs, else None; never that of a later process."""
        self._reap()
        try:
            record = json.loads(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        pid, started = record["pid"], record["started"]
        return pid if started is not None and start_mark(pid) == started else None

    @property
    def died(self) -> bool:
        """Whether it has ended without a call of `stop`."""
        try:
            started = self._pid_file.stat().st_size > 0
        except FileNotFoundError:
            return False
        return started and self.pid is None and not self._stopping.exists()

    @property
    def paused(self) -> bool:
        tree = self._tree()
        return bool(tree) and _is_stopped(tree[0])

    def pause(self) -> None:
        """Suspend it with its children: alive, connections open, no answer. Waits until all are."""
        tree = self._tree()
        _signal_all(tree, signal.SIGSTOP)
        deadline = time.monotonic() + SIGNAL_SECONDS
        while not all(_is_stopped(process) for process in tree) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def resume(self) -> None:
        _signal_all(self._tree(), signal.SIGCONT)

    def kill(self) -> None:
        """End it and its children without warning. It counts as died until it is started or stopped."""
        self._end(self._tree())

    def stop(self, stop_signal: signal.Signals, grace: float) -> None:
        """Send the signal, wait `grace` seconds, then kill what still runs, orphans included."""
        with contextlib.suppress(OSError):  # a full disk, or a removed folder
            self._stopping.touch()
        tree = self._tree()
        _signal_all(tree, signal.SIGCONT)
        _signal_all(tree[:1], stop_signal)
        self._await_end(tree[:1], timeout=grace)
        self._end(tree)
        self.clear()

    def clear(self) -> None:
        """End the children that a crashed process has left: they may still use its port."""
        if self._pid_file.exists() or self._spawned is not None:
            # The environment of a process that we may not read is None.
            running = psutil.process_iter(["environ"])
            self._end([each for each in running if (each.info["environ"] or {}).get(MARK) == self._mark])
            self._pid_file.unlink(missing_ok=True)
        self._stopping.unlink(missing_ok=True)

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Return once `ready`. DevstackError when the process ends, or after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            if self.pid is None:
                raise self._failure("ended while it was starting")
            if ready():
                return
            if time.monotonic() > deadline:
                raise self._failure(f"did not become ready within {timeout:.0f} s")
            time.sleep(POLL_SECONDS)

    def listens_on(self, port: int) -> bool:
        """Whether this process, and not another program, listens on the port."""
        try:
            sockets = psutil.Process(self.pid).net_connections("tcp") if self.pid else []
        except psutil.Error:
            return False
        return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets)

    def log_tail(self, lines: int = LOG_LINES_SHOWN) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def _reap(self) -> None:
        """Read the exit status of a process that this object has started, or it stays a zombie."""
        if self._spawned is not None:
            try:
                ended, _ = os.waitpid(self._spawned, os.WNOHANG)
            except ChildProcessError:
                ended = self._spawned
            self._spawned = None if ended else self._spawned

    def _failure(self, what: str) -> DevstackError:
        return DevstackError(
            f"{self.name} {what}.", f"Read the whole log, {self.log}, then run the command again.", self.log_tail()
        )

    def _tree(self) -> list[psutil.Process]:
        """The process and its descendants, itself first; empty when it does not run."""
        pid = self.pid
        if pid is None:
            return []
        try:
            root = psutil.Process(pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _end(self, processes: Sequence[psutil.Process]) -> None:
        _signal_all(processes, signal.SIGKILL)
        self._await_end(processes, timeout=SIGNAL_SECONDS)

    def _await_end(self, processes: Iterable[psutil.Process], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while any(start_mark(process.pid) for process in processes if process.is_running()):
            self._reap()
            if time.monotonic() > deadline:
                return
            time.sleep(POLL_SECONDS)


def _is_stopped(process: psutil.Process) -> bool:
    """True as well for a process that has ended: it does not answer either."""
    try:
        return process.status() in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return True


def _signal_all(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        # psutil compares start times first: a later process with the same pid gets no signal.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
