"""Makes `.venv` with the pinned requirements, then runs the command in it. Standard library only."""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import deque
from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = CHECKOUT / "requirements-dev.txt"
# Written after the installation: a digest of the requirements, and the version of Python.
INSTALLED = VENV / "installed-requirements"
PIP_LINES_SHOWN = 15
LOG_EVERY_SECONDS = 3
HOW_TO_GET_VENV = (
    "install it (Debian, Ubuntu: apt-get install python3-venv), then run the command again; "
    "or name another Python: PYTHON=/path/to/python3.12 ./dev ..."
)


def main() -> None:
    # A link is used as it is: several worktrees may share one environment.
    if not VENV.is_symlink():
        try:
            with REQUIREMENTS.open() as lock:
                # The second of two commands waits here, and then finds everything installed.
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not _runs(PYTHON):
                    _make_venv()
                if not INSTALLED.exists() or INSTALLED.read_text() != _digest():
                    _install()
                    # A new file: environments that were copied with links share the old one.
                    INSTALLED.unlink(missing_ok=True)
                    INSTALLED.write_text(_digest())
        except OSError as error:
            _fail(
                f"The Python environment {VENV} could not be written: {error}",
                "free some space or change the permissions, then try again.",
            )
    os.execv(PYTHON, [str(PYTHON), str(CHECKOUT / "tools" / "devstack" / "__main__.py"), *sys.argv[1:]])


def _digest() -> str:
    version = subprocess.check_output([str(PYTHON), "-V"], text=True).strip()
    return f"{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()} {version}\n"


def _runs(python: Path) -> bool:
    """False as well for an environment whose Python has been removed."""
    try:
        return subprocess.run([str(python), "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    _say(f"Making {VENV.name} with Python {platform.python_version()}")
    if VENV.exists():
        shutil.rmtree(VENV)
    if find_spec("venv") is None:
        _fail("This Python has no venv module.", HOW_TO_GET_VENV)
    # Debian's Python has no ensurepip; `_pip` then uses a pip outside the environment.
    ensurepip = find_spec("ensurepip")
    options = [] if ensurepip and ensurepip.origin else ["--without-pip"]
    made = subprocess.run(
        [sys.executable, "-m", "venv", *options, str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        _fail(f"Python could not make an environment:\n{made.stdout}{made.stderr}", HOW_TO_GET_VENV)


def _pip() -> list[str]:
    if (VENV / "bin" / "pip").exists():
        return [str(PYTHON), "-m", "pip"]
    if find_spec("pip") is None:
        shutil.rmtree(VENV)
        _fail("This Python has neither ensurepip nor pip.", HOW_TO_GET_VENV)
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def _install() -> None:
    """Install the requirements by hash. Most modules are never imported, so none is compiled."""
    packages = sum(1 for line in REQUIREMENTS.read_text().splitlines() if "==" in line and line[0].isalnum())
    arguments = ["install", "--no-compile", "--progress-bar=off", "--disable-pip-version-check", "--no-input"]
    process = subprocess.Popen(
        [*_pip(), *arguments, "--require-hashes", "-r", str(REQUIREMENTS)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    last_lines: deque[str] = deque(maxlen=PIP_LINES_SHOWN)
    collected, last_shown = 0, 0.0
    for line in process.stdout or ():
        if not line.startswith("Ignoring "):
            last_lines.append(line.rstrip())
        if line.startswith("Collecting "):
            collected += 1
            if sys.stdout.isatty() or time.monotonic() - last_shown > LOG_EVERY_SECONDS:
                last_shown = time.monotonic()
                _say(f"  requirements: {collected} of {packages}  {line.split()[1]}", in_place=True)
        elif line.startswith("Installing collected packages"):
            _say(f"  installing {collected} packages ...", in_place=True)
            _say("")
    if process.wait():
        _fail(
            "pip could not install the requirements:\n" + "\n".join(last_lines),
            "check the network and the disk, then run the command again: finished downloads are not repeated.",
        )


def _say(text: str, *, in_place: bool = False) -> None:
    if in_place and sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text}")
    elif text or sys.stdout.isatty():
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _fail(reason: str, next_step: str) -> None:
    sys.exit(f"{reason}\nNext step: {next_step}")


if __name__ == "__main__":
    main()
