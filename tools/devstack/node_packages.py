"""The npm packages that the clients are checked and tested with: `clients/package-lock.json`, each with its hash."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.devstack.console import say
from tools.devstack.errors import DevstackError
from tools.devstack.state import CHECKOUT

CLIENTS = CHECKOUT / "clients"
INSTALLED = Path("node_modules") / ".installed"  # written last; a digest of what was installed
MINIMUM_NODE = (20, 19)
LINES_SHOWN = 15
HOW_TO_GET_NODE = "install Node.js 20.19 or newer with npm (https://nodejs.org), then run the command again."


def node_is_there() -> bool:
    """Whether Node.js is recent enough, with npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= MINIMUM_NODE


def install_node_packages(folder: Path = CLIENTS) -> None:
    """Install exactly what the lock file names, unless that has been done; DevstackError."""
    if not node_is_there():
        raise DevstackError("There is no recent Node.js with npm.", HOW_TO_GET_NODE)
    installed = folder / INSTALLED
    with (folder / "package-lock.json").open() as lock:
        # The second of two processes waits here, and then finds everything installed.
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _digest(folder)
        if installed.exists() and installed.read_text() == wanted:
            return
        say(f"Installing the npm packages of {folder.relative_to(CHECKOUT)}/ ...")
        ran = run_npm("ci", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)
        if ran.returncode:
            raise DevstackError(
                f"npm could not install the packages of {folder.relative_to(CHECKOUT)}/.",
                "check the network and the disk, then run the command again: finished downloads are not repeated.",
                "\n".join((ran.stdout + ran.stderr).splitlines()[-LINES_SHOWN:]),
            )
        installed.write_text(wanted)


def run_npm(*arguments: str, folder: Path = CLIENTS) -> subprocess.CompletedProcess[str]:
    """Run npm in a folder, without questions and news."""
    quiet = {"NO_UPDATE_NOTIFIER": "1", "npm_config_yes": "true"}
    return subprocess.run(
        ["npm", *arguments], cwd=folder, env={**os.environ, **quiet}, capture_output=True, text=True, check=False
    )


def _digest(folder: Path) -> str:
    files = [
        folder / "package-lock.json",
        *sorted(folder.glob("package.json")),
        *sorted(folder.glob("*/package.json")),
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
