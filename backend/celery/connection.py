"""A connection to Redis whose loss does not end a worker.

A task that is running when the connection is lost is acknowledged later, by a channel of that connection, which
connects again to the same address. But kombu takes the address away when it closes the connection, the channel then
raises AttributeError, and at that Celery ends the worker: each time that Redis was killed while one of the worker's
processes was working and another one idle.
"""

from celery.app.amqp import AMQP
from kombu import Connection


class LastingConnection(Connection):
    def _do_close_transport(self) -> None:
        """Forget the transport, which keeps its address."""
        self._transport = None


class LastingAMQP(AMQP):
    Connection = LastingConnection
