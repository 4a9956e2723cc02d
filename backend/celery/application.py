"""The Celery app. What runs, when and in which queue is in `settings.py`."""

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


class PromptCelery(Celery):
    """Queues a task at once or not at all.

    With Redis away, `delay`, `apply_async` and `send_task` raise kombu's OperationalError: after the socket time-out
    the first time, immediately while the breaker is open. The caller carries on; a periodic sweep finds the work later.
    """

    @property
    def Worker(self) -> Any:  # noqa: N802 - Celery's name
        """What runs as a worker. Asked for before Django is loaded, and with it what counts."""
        if settings.WORKER_METRICS_PORT:
            _share_counts()
        return super().Worker

    def send_task(self, name: str, *args: Any, **kwargs: Any) -> Any:
        # Not at the top: gunicorn and workers choose where counts are kept before anything counts.
        from backend.observability import metrics  # noqa: PLC0415
        from backend.redis import UNREACHABLE, breaker  # noqa: PLC0415

        try:
            with breaker:
                return super().send_task(name, *args, **kwargs)
        except (CircuitOpenError, *UNREACHABLE) as error:
            metrics.unqueued_tasks.labels(name).inc()
            raise OperationalError(f"{name} was not queued: {error}") from error


def _share_counts() -> None:
    """Keep counts in files that all processes of this worker share, and that go with it."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = kept = tempfile.mkdtemp(prefix="metrics-")
        worker_shutdown.connect(lambda **_: shutil.rmtree(kept, ignore_errors=True), weak=False)


class DeliveredTask(DjangoTask[Any, Any]):
    """Whose messages `backend.celery.delivery` settles."""

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
def wait_longer(**_: Any) -> None:
    """No shopper waits for a worker: it gives Redis more time before it calls a connection lost."""
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "socket_timeout": WORKER_PATIENCE}


WORKER_PATIENCE = 5.0  # seconds


@celeryd_init.connect
def record_tasks(**_: Any) -> None:
    """Count tasks."""
    from backend.celery import task_metrics  # noqa: F401, PLC0415 - it connects itself to Celery's signals
