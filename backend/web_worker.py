"""How a web process serves its connections."""

import select
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LINGER = 2  # ms


class LingeringWorker(ThreadWorker):  # type: ignore[misc] # published without types
    """Gunicorn's threads, of which each stays with its connection for a moment after an answer.

    A client, or a proxy, that has more to ask mostly asks at once. Its request is then answered by the thread that is
    still there, not handed to the main thread and back, which costs more than all else that gunicorn does. No thread
    stays while another connection waits for one.
    """

    def handle(self, conn: Any) -> Any:
        """Answer the connection's request, and those that follow at once: whether to keep the connection."""
        kept = super().handle(conn)
        while kept is True and self._may_stay(conn) and _asks_again(conn):
            kept = super().handle(conn)
        return kept

    def _may_stay(self, conn: Any) -> bool:
        waiting = self.tpool._work_queue  # noqa: SLF001 - an executor does not tell in public
        return self.alive and not conn.is_http2 and waiting.empty()


def _asks_again(conn: Any) -> bool:
    poll = select.poll()
    poll.register(conn.sock, select.POLLIN)
    return bool(conn.parser.unreader.buf.getvalue() or poll.poll(LINGER))
