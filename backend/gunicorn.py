"""Gunicorn's settings: `gunicorn --config python:backend.gunicorn backend.wsgi:application`."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from backend.observability import logs

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")  # inside a container, or behind a firewall

# Requests mostly wait for PostgreSQL and OpenSearch: threads are cheap, processes use further cores. Each thread keeps
# one PostgreSQL connection: workers x threads must fit PostgreSQL's max_connections, beside Celery's.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))

timeout = 30  # s without a sign of life from a worker until it is replaced
graceful_timeout = 30  # s for requests under way when told to stop
keepalive = 75  # s; longer than a proxy's, so that the proxy is the one who closes
max_requests = int(os.environ.get("WEB_MAX_REQUESTS", "20000"))  # then a fresh process: a slow leak never grows old
max_requests_jitter = max_requests // 5  # not all at once
# A worker's heartbeat file on a disk can block; memory cannot. Also lets the container's root stay read-only.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes a private file in it
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
# Its default is one socket per user, which two servers of one user would fight over.
control_socket_disable = True
# Loaded once before the workers are forked: half the memory, a faster start; a new release restarts the server.
preload_app = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = None  # `backend.middleware.RequestLog` writes one line for each request
logconfig_dict = logs.configure(level=os.environ.get("LOG_LEVEL", "INFO"), lines=os.environ.get("LOG_LINES", "json"))

# A statement that no shopper would wait for is ended by PostgreSQL; commands and workers may take longer.
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=15s -c idle_in_transaction_session_timeout=60s")

# Each process writes its counts here, and whichever is asked for /metrics adds them all up. Must be set before
# prometheus_client is imported. A folder that the operator named is theirs: only counts go from it.
COUNTS = "PROMETHEUS_MULTIPROC_DIR"
_own_folder = None if os.environ.get(COUNTS) else tempfile.mkdtemp(prefix="metrics-")
_counts = Path(_own_folder or os.environ[COUNTS])
os.environ[COUNTS] = str(_counts)


def _forget_counts() -> None:
    for file in _counts.glob("*.db"):
        file.unlink(missing_ok=True)


_counts.mkdir(parents=True, exist_ok=True)
_forget_counts()  # of a server that was killed


def child_exit(server: Any, worker: Any) -> None:
    """Drop what described the state of a process that is gone; its counts remain."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - see above

    del server
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    del server
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)
    else:
        _forget_counts()
