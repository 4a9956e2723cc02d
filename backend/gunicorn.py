"""Gunicorn's settings (`gunicorn --config python:backend.gunicorn backend.wsgi:application`)."""

import os

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")  # noqa: S104 - behind a proxy; `./dev up` binds to loopback
# Two processes use two cores; threads wait for PostgreSQL and OpenSearch, each with a database connection of its own.
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# Loaded once before the workers are forked: half the memory and a faster start. A new release restarts the whole server.
preload_app = True
timeout = 30
graceful_timeout = 20
keepalive = 5
# A worker's heartbeat file on a disk can block; memory cannot. Also lets the container's root stay read-only.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
errorlog = "-"
