"""Gunicorn's settings (`gunicorn --config python:backend.gunicorn backend.wsgi:application`)."""

import os
from pathlib import Path

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
# Two processes use two cores; threads wait for PostgreSQL and OpenSearch, each with a database connection of its own.
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# Loaded once before the workers are forked: half the memory, a faster start; a new release restarts the server.
preload_app = True
timeout = 30
graceful_timeout = 20
keepalive = 5
# A worker's heartbeat file on a disk can block; memory cannot. Also lets the container's root stay read-only.
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes a private file in it
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
errorlog = "-"
# Its default is one socket per user, which two servers of one user would fight over.
control_socket_disable = True
