"""The Celery app. `settings.py` defines what runs, when and in which queue."""

import logging.config
import os
import shutil
import tempfile
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import celeryd_init, setup_logging, worker_shutdown
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.exceptions import OperationalError

from foundation.circuit_breaker import CircuitOpenError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

WORKER_SOCKET_TIMEOUT = 5.0  # seconds


class PromptCelery(Celery):
    """Queues a task at once or not at all.

    While Redis is unavailable, `delay`, `apply_async` and `send_task` raise kombu's
    OperationalError: after the socket time-out the first time, immediately while the circuit is
    open. The caller continues; a periodic sweep does the work later.
    """

    amqp_cls = "backend.celery.connection:LastingAMQP"

    @property
    def Worker(self) -> Any:  # noqa: N802 - Celery's name
        """The class of a worker, which Celery reads before it loads Django and the metrics."""
        # All processes of this worker share files of metrics, which are deleted with it.
        if settings.WORKER_METRICS_PORT and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder = tempfile.mkdtemp(prefix="metrics-")
            worker_shutdown.connect(lambda **_: shutil.rmtree(folder, ignore_errors=True), weak=False)
        return super().Worker

    def send_task(self, name: str, *args: Any, **kwargs: Any) -> Any:
        # Not at the top: gunicorn and workers choose the folder of metrics before anything is
        # counted.
        from backend.observability import metrics  # noqa: PLC0415
        from backend.redis import UNREACHABLE, breaker  # noqa: PLC0415

        try:
            with breaker:
                return super().send_task(name, *args, **kwargs)
        except (CircuitOpenError, *UNREACHABLE) as error:
            metrics.unqueued_tasks.labels(name).inc()
            raise OperationalError(f"{name} was not queued: {error}") from error


class DeliveredTask(DjangoTask[Any, Any]):
    """A task whose messages `backend.celery.delivery` acknowledges."""

    abstract = True
    Request = "backend.celery.delivery:Delivery"


app = PromptCelery("commerce", task_cls=DeliveredTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)  # a task logs under the id of the request that queued it


@setup_logging.connect
def use_project_logs(**_: Any) -> None:
    """Log as `settings.LOGGING` says; with this connected Celery leaves logging alone."""
    logging.config.dictConfig(settings.LOGGING)


@celeryd_init.connect
def prepare_worker(**_: Any) -> None:
    from backend.celery import task_metrics  # noqa: F401, PLC0415 - it connects itself to Celery's signals

    # No shopper waits for a worker, so it gives Redis more time before it treats a connection as
    # lost.
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_timeout": WORKER_SOCKET_TIMEOUT}
