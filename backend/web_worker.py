"""Gunicorn's worker class of the web server."""

import select
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LINGER = 2  # ms


class LingeringWorker(ThreadWorker):  # type: ignore[misc] # published without types
    """Gunicorn's gthread worker, whose threads wait 2 ms for the next request of their connection.

    Gthread returns a connection to its main thread after each response. It gains 16 % of one
    client's p50 (docs/decisions/standard-parts.md). It changes no request or response, and no thread
    waits while another connection needs one.
    """

    def handle(self, conn: Any) -> Any:
        """Serve a request and those right behind it. Returns whether to keep the connection open."""
        keep_alive = super().handle(conn)
        poll = select.poll()
        poll.register(conn.sock, select.POLLIN)
        # An executor has no public way to tell whether work waits.
        while keep_alive is True and self.alive and not conn.is_http2 and self.tpool._work_queue.empty():  # noqa: SLF001
            if not conn.parser.unreader.buf.getvalue() and not poll.poll(LINGER):
                break
            keep_alive = super().handle(conn)
        return keep_alive
