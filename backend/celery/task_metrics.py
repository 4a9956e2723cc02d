"""Times and outcomes of tasks for /metrics, and a worker's heartbeat. Only workers import it."""

import os
import time
from typing import Any

from celery import Task
from celery.signals import heartbeat_sent, task_postrun, task_prerun, worker_init, worker_process_shutdown
from django.conf import settings
from prometheus_client import CollectorRegistry, multiprocess, start_http_server

from backend.observability import heartbeat, metrics


@task_prerun.connect
def start_clock(task: Task[Any, Any], **_: Any) -> None:
    task.request.started = time.perf_counter()  # type: ignore[attr-defined] # a context takes any attribute


@task_postrun.connect
def record(task: Task[Any, Any], state: str | None = None, **_: Any) -> None:
    started = getattr(task.request, "started", None)
    if started is not None:
        metrics.tasks.labels(task.name, state or "unknown").observe(time.perf_counter() - started)


@heartbeat_sent.connect
def touch_heartbeat(**_: Any) -> None:
    heartbeat.touch()


@worker_init.connect
def serve_metrics(**_: Any) -> None:
    if settings.WORKER_METRICS_PORT:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        start_http_server(settings.WORKER_METRICS_PORT, registry=registry)


@worker_process_shutdown.connect
def forget_process(pid: int, **_: Any) -> None:
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(pid)
