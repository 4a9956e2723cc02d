"""A task's message in a worker, whose failed acknowledgement is a lost connection.

Celery logs an acknowledgement that failed and continues, with the message still counted as in
progress. With a prefetch of one that worker would never receive another task (seen: Redis hung for
3 s, and a worker was idle from then on). As a lost connection the failure makes the worker
reconnect, and its messages return to the queue.
"""

from typing import Any

from celery.worker.request import Request


class Delivery(Request):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Celery only logs these errors. Without them here they reach the worker's loop, which
        # reconnects.
        super().__init__(*args, **{**kwargs, "connection_errors": ()})
