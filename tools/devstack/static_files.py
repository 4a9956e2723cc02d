"""Whether the collected static files are still those of the project, so that a start need not collect them again."""

import hashlib

from tools.devstack.state import CHECKOUT, State


class StaticFiles:
    """The collected files of one state folder, with the fingerprint of what they were collected from."""

    def __init__(self, state: State) -> None:
        self.folder = state.folder / "static"
        self._record = self.folder / ".fingerprint"
        self._fingerprint = _fingerprint()

    @property
    def current(self) -> bool:
        return self._record.exists() and self._record.read_text() == self._fingerprint

    def remember(self) -> None:
        self._record.write_text(self._fingerprint)


def _fingerprint() -> str:
    """Changes with any static file of the apps, and with the versions of the packages, which bring some too."""
    files = [path for path in sorted(CHECKOUT.glob("[!.]*/static/**/*")) if path.is_file()]
    lines = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join([*lines, (CHECKOUT / "requirements.txt").read_text()]).encode()).hexdigest()
