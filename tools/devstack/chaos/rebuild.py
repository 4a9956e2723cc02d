"""A rebuild of the whole index in the middle of everything."""

import subprocess
import threading

from tools.devstack.chaos.load import Tally
from tools.devstack.chaos.system import System
from tools.devstack.state import CHECKOUT

OUTAGE = "a rebuild met a disturbance and gave up; the old index goes on serving"


class Rebuild(threading.Thread):
    """Runs `manage.py reindex` once, after so many seconds. Under disturbances it may give up, and says so."""

    def __init__(self, system: System, tally: Tally, *, after: float) -> None:
        super().__init__(daemon=True)
        self._system, self._tally, self._after = system, tally, after
        self._cancelled = threading.Event()

    def run(self) -> None:
        if self._cancelled.wait(self._after):
            return
        result = subprocess.run(
            self._system.project.manage_argv("reindex"),
            env=self._system.project.environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        self._tally.rebuild = "done" if result.returncode == 0 else f"given up: {result.stderr.strip()[-300:]}"

    def stop(self) -> None:
        """Wait for one that has begun; forget one that has not."""
        self._cancelled.set()
        self.join()
