"""A task's message as a worker holds it, settled even when Redis did not hear of it.

Celery logs an acknowledgement that failed and goes on, with the message still counted as being worked on. With a
prefetch of one that worker would never be given another task (seen: Redis hung for 3 s, and a worker sat idle from then
on). So the failure is a lost connection like any other: the worker connects anew, and what it held goes back to the
queue.
"""

from typing import Any

from celery.worker.request import Request


class Delivery(Request):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Errors that it would log and no more. The worker's loop acknowledges, and so meets them itself.
        super().__init__(*args, **{**kwargs, "connection_errors": ()})
