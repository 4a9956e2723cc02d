"""Clients that cause a fault while the load runs."""

import threading
from abc import ABC, abstractmethod


class BackgroundClients(ABC):
    """They run in a thread of their own, from `begin` to `end`; again as often as wanted."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread()

    def begin(self) -> None:
        self._stopped.clear()
        self._thread = threading.Thread(target=self.run, args=[self._stopped], daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._stopped.set()
        self._thread.join()

    @abstractmethod
    def run(self, stopped: threading.Event) -> None:
        """Send requests until `stopped` is set, and leave no connection open."""
