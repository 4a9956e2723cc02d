"""Finds out whether static files have changed since they were collected."""

import hashlib

from tools.devstack.state import CHECKOUT, State


class StaticFiles:
    """The collected files of one state folder, with the fingerprint of their sources."""

    def __init__(self, state: State) -> None:
        self.folder = state.folder / "static"
        self._record = self.folder / ".fingerprint"
        # Changes with any static file of the apps, and with the versions of the packages, some of
        # which bring files.
        files = [path for path in sorted(CHECKOUT.glob("[!.]*/static/**/*")) if path.is_file()]
        lines = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
        sources = "\n".join([*lines, (CHECKOUT / "requirements.txt").read_text()])
        self._fingerprint = hashlib.sha256(sources.encode()).hexdigest()

    @property
    def current(self) -> bool:
        return self._record.exists() and self._record.read_text() == self._fingerprint

    def remember(self) -> None:
        self._record.write_text(self._fingerprint)
