"""Gunicorn's settings: `gunicorn --config python:backend.gunicorn backend.wsgi:application`."""

import os
import resource
import shutil
import tempfile
from pathlib import Path
from typing import Any

from backend.environment import Environment
from backend.observability import logs

env = Environment()
bind = env.listeners("WEB_BIND", default="0.0.0.0:8000")  # inside a container, or behind a firewall

# Requests mostly wait for PostgreSQL and OpenSearch: threads are cheap, processes use more cores.
# Each thread has a PostgreSQL connection: workers x threads, and Celery's, must fit PostgreSQL's
# max_connections.
worker_class = "backend.web_worker.BufferingWorker"  # a gthread
workers = env.number("WEB_WORKERS", default=2, least=1, most=1000)
threads = env.number("WEB_THREADS", default=8, least=1, most=1000)
worker_connections = env.number(
    "WEB_CONNECTIONS", default=1000, least=1, most=1_000_000
)  # per process, most of them idle
# Each connection is an open file. Many systems allow 1024 by default, but more on demand.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
_needed = worker_connections + 512
if _files < _needed <= _most_files or _most_files == resource.RLIM_INFINITY:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_needed, _most_files))
limit_request_line = 8190  # bytes; gunicorn's most. A longer search is a POST.
sendfile = False  # what a slow client does not accept is sent from memory

timeout = 30  # s without a heartbeat until a worker is replaced
graceful_timeout = 30  # s that a worker has to finish its requests when it is stopped
keepalive = 75  # s; longer than a proxy's, so that the proxy closes the connection
max_requests = env.number(
    "WEB_MAX_REQUESTS", default=20_000, most=1_000_000_000
)  # then a new process: bounds slow leaks
max_requests_jitter = max_requests // 5  # so that workers do not restart together
# A heartbeat file on a disk can block a worker. In memory it also lets the container's root stay
# read-only.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes a private file in it
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
control_socket_disable = True  # two servers of one user would use the same socket
# Load the application before workers are forked: half the memory, a faster start; a new release
# restarts the server.
preload_app = True
forwarded_allow_ips = env.text("FORWARDED_ALLOW_IPS", default="127.0.0.1")  # gunicorn checks it
logger_class = "backend.web_worker.ErrorLog"
logconfig_dict = logs.configure(
    level=env.choice("LOG_LEVEL", logs.LEVELS, default="INFO"),
    lines=env.choice("LOG_LINES", logs.FORMATS, default=logs.JSON),
)

# PostgreSQL cancels a statement that no shopper would wait for; commands and Celery workers may
# take longer.
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=15s -c idle_in_transaction_session_timeout=60s")

# Each process writes its counts to this folder, and the one that serves /metrics adds them up. It
# must be set before prometheus_client is imported. Only counts are deleted from a folder that the
# operator named.
COUNTS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_own_folder = None if os.environ.get(COUNTS_VARIABLE) else tempfile.mkdtemp(prefix="metrics-")
_counts = Path(_own_folder or os.environ[COUNTS_VARIABLE])
os.environ[COUNTS_VARIABLE] = str(_counts)


def _delete_counts() -> None:
    for file in _counts.glob("*.db"):
        file.unlink(missing_ok=True)


_counts.mkdir(parents=True, exist_ok=True)
_delete_counts()  # left by a server that was killed


def when_ready(server: Any) -> None:
    """Load what searches read, before workers are forked, which then share the memory."""
    from indexing import vectors  # noqa: PLC0415 - Django is loaded by now, not before
    from language import common_words, word_vectors  # noqa: PLC0415 - the same

    del server
    common_words.load()
    if vectors.current_model():
        vectors.model()
    if word_vectors.word_model_version():
        word_vectors.word_model()


def child_exit(server: Any, worker: Any) -> None:
    """Delete the gauges of a process that has ended; its counts remain."""
    from prometheus_client import multiprocess  # noqa: PLC0415 - not before the folder is set

    del server
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    del server
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)
    else:
        _delete_counts()
