"""Heartbeat files of workers and beat, for health checks.

HEARTBEAT_FILE is touched by a worker's or beat's main process every few seconds: a container's
health check is `python -m backend.observability.heartbeat`. `tasks.heartbeat` shows that beat,
Redis and a worker work together.
"""

import os
import sys
import time
from pathlib import Path

MAX_AGE = 30  # seconds


def touch() -> None:
    if path := os.environ.get("HEARTBEAT_FILE"):
        Path(path).touch()


def is_fresh(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < MAX_AGE
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_fresh(Path(os.environ["HEARTBEAT_FILE"])) else 1)
