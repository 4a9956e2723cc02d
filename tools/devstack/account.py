"""The unprivileged account for PostgreSQL and OpenSearch when devstack itself runs as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.devstack.errors import DevstackError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """A user to run a service as. Every supplementary group is dropped."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can read and pass through the folder, according to the kernel."""
        probe = [shutil.which("test") or "/usr/bin/test", "-r", str(folder), "-a", "-x", str(folder)]
        return subprocess.run(probe, user=self.uid, group=self.gid, extra_groups=[], check=False).returncode == 0

    def own(self, folder: Path) -> None:
        """Make this account the owner of a folder and everything in it."""
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def let_in(self, folder: Path) -> None:
        """Let everybody read a folder that a strict umask has closed, as its owner may; the folder itself last."""
        for path in reversed([folder, *folder.rglob("*")]):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (mode & 0o500) >> 6)


def service_account() -> Account | None:
    """The account for servers that refuse to run as root; None for a normal user."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise DevstackError(
            f"devstack runs as root, and there is no user {UNPRIVILEGED!r} to run PostgreSQL and OpenSearch as.",
            "Run ./dev as a normal user, or create that user.",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)
