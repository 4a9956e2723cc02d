"""Gunicorn's worker class of the web server: threads serve requests, and the main thread waits for clients."""

import contextlib
import errno
import json
import selectors
import socket
import time
from concurrent.futures import Future
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import TConn, ThreadWorker

from backend.environment import Environment
from backend.http_buffer import ClientSocket, State

BODY_LIMIT = Environment().number("WEB_BODY_LIMIT", default=20_000_000, least=1, most=1_000_000_000)  # bytes
BUFFER_LIMIT = 4 * BODY_LIMIT  # bytes, for all clients of a process
LINGER = 2  # ms
CLOSING_SECONDS = 2.0  # for a client to close its side; closing ours at once could cut off the response
STOPPING_SECONDS = 2.0  # that a stopping worker still accepts a request on an open connection
REFUSAL = "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_PROBLEM = {
    "type": "/problems/address-too-long",
    "title": "URI Too Long",
    "status": 414,
    "detail": (
        "The address is longer than this server reads. Searches and completions take their parameters in the JSON body "
        "of a POST to the same path too, which has no such limit."
    ),
    "instance": "",  # the address itself, which was not read
}
ADDRESS_TOO_LONG = (
    "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    f"Content-Length: {len(json.dumps(_PROBLEM))}\r\n\r\n{json.dumps(_PROBLEM)}"
).encode()
REQUEST_TIMEOUT, CONTENT_TOO_LARGE = (408, "Request Timeout"), (413, "Content Too Large")


class ErrorLog(Logger):  # type: ignore[misc] # published without types
    """Gunicorn's log without its access log, which is prepared for each request even when nobody reads it."""

    def access(self, *_: Any) -> None:
        """`backend.middleware.RequestLog` writes a line for each request."""


class Connection(TConn):  # type: ignore[misc] # published without types
    """A client, and how long the worker waits for it."""

    sock: ClientSocket
    event = 0  # that is waited for,
    since = 0.0  # from then on (monotonic clock),
    patience = 0.0  # for so many seconds
    keep_open = True
    is_closing = False
    is_closed = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.data_ready = True  # no thread gets it before

    def is_overdue(self, now: float) -> bool:
        return now > self.since + self.patience


class BufferingWorker(ThreadWorker):  # type: ignore[misc] # published without types
    """Gunicorn's gthread worker, whose threads get complete requests and leave responses to the main thread.

    Gthread parses requests in its threads, so a few clients that send half a request stop a shop.
    Here the main thread receives requests and sends what a client does not accept at once. Time,
    connections and memory of slow clients are bounded; the oldest of them makes room for a new one.

    A thread waits 2 ms for the next request of its connection, unless another needs it: that gains
    16 % of one client's p50 (docs/decisions/standard-parts.md).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._slow: dict[Connection, int] = {}  # in the middle of something, longest first; bytes in memory
        self._idle: dict[Connection, None] = {}  # between two requests, longest first
        self._next_check = 0.0
        self._held = 0  # bytes
        self._stopping_at: float | None = None

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        if cfg.is_ssl:
            raise ValueError("this web server speaks plain HTTP: let a proxy in front end TLS")
        super().check_config(cfg, log)

    # In the main thread.

    def accept(self, listener: Any) -> None:
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._make_room()
            elif error.errno not in {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}:  # another process was faster
                raise
            return
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        client = ClientSocket(accepted, BODY_LIMIT)
        self._proceed(Connection(self.cfg, client, address, listener.getsockname()))

    def finish_request(self, conn: Connection, fs: "Future[bool]") -> None:
        conn.keep_open = not fs.cancelled() and not fs.exception() and fs.result() is True
        self._proceed(conn)

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's own
        """Close the connections whose time is over; called at least once a second."""
        now = time.monotonic()
        if not self.alive and self._stopping_at is None:
            self._stopping_at = now
        if force:
            for conn in [*self._slow, *self._idle]:
                self._close(conn)
        if now < self._next_check:
            return
        self._next_check = now + 1
        is_stopping = self._stopping_at is not None and now > self._stopping_at + STOPPING_SECONDS
        for conn in [conn for conn in self._idle if is_stopping or conn.is_overdue(now)]:
            self._close(conn)
        for conn in [conn for conn in self._slow if conn.is_overdue(now)]:
            self._give_up(conn)

    def murder_pending(self) -> None:
        """None are pending in gthread's sense."""

    def _proceed(self, conn: Connection) -> None:
        """Do the next thing that the connection needs: send, close, or receive the next request."""
        try:
            if not conn.sock.flush():
                self._wait(conn, selectors.EVENT_WRITE)
            elif not conn.keep_open:
                self._begin_close(conn)
            else:
                self._receive(conn)
        except OSError:
            self._close(conn)

    def _receive(self, conn: Connection) -> None:
        state = conn.sock.receive()
        if state is State.COMPLETE:
            self._forget(conn)
            self.enqueue_req(conn)
        elif state is State.CLOSED:
            self._close(conn)
        elif state is State.TOO_LARGE:
            self._refuse(conn, CONTENT_TOO_LARGE)
        else:
            self._wait(conn, selectors.EVENT_READ)

    def _wait(self, conn: Connection, event: int) -> None:
        """Wait for the client; not longer than it may take for the same thing, however often this is called."""
        is_idle = event == selectors.EVENT_READ and conn.initialized and not conn.sock.has_begun
        if conn not in (self._idle if is_idle else self._slow) or conn.event != event:
            self._forget(conn)
            conn.event, conn.since = event, time.monotonic()
            conn.patience = self.cfg.keepalive if is_idle else conn.sock.patience
            self.poller.register(conn.sock, event, lambda _: self._proceed(conn))
        if is_idle:
            self._idle[conn] = None
            return
        conn.patience = max(conn.patience, conn.sock.patience)  # the head tells the length of the body
        held = conn.sock.held
        self._held += held - self._slow.get(conn, 0)
        self._slow[conn] = held
        if self._held > BUFFER_LIMIT:
            self._give_up(max(self._slow, key=self._slow.__getitem__))

    def _forget(self, conn: Connection) -> None:
        """Stop waiting for the client."""
        if conn in self._slow or conn in self._idle:
            self.poller.unregister(conn.sock)
        self._held -= self._slow.pop(conn, 0)
        self._idle.pop(conn, None)

    def _make_room(self) -> None:
        """Give up the client that has been slow for the longest, or else idle for the longest."""
        if oldest := next(iter(self._slow or self._idle), None):
            self._give_up(oldest)

    def _give_up(self, conn: Connection) -> None:
        if conn.sock.has_begun and not conn.is_closing:
            self._refuse(conn, REQUEST_TIMEOUT)
        self._close(conn)

    def _refuse(self, conn: Connection, status: tuple[int, str]) -> None:
        with contextlib.suppress(OSError):
            conn.sock.sendall(REFUSAL.format(*status).encode())
        conn.keep_open = False
        self._begin_close(conn)

    def _begin_close(self, conn: Connection) -> None:
        """Close our side, and wait until the client has read the response and closed its own."""
        self._forget(conn)
        with contextlib.suppress(OSError):
            conn.sock.shutdown(socket.SHUT_WR)
        conn.is_closing = True
        conn.since, conn.patience = time.monotonic(), CLOSING_SECONDS
        self._slow[conn] = 0
        self.poller.register(conn.sock, selectors.EVENT_READ, lambda _: self._finish_close(conn))
        self._finish_close(conn)

    def _finish_close(self, conn: Connection) -> None:
        if conn.sock.discard():
            self._close(conn)

    def _close(self, conn: Connection) -> None:
        if conn.is_closed:  # refused to a client that had closed its side, or given up before its event came up
            return
        conn.is_closed = True
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    # In a thread.

    def handle(self, conn: Connection) -> bool:
        """Serve a request and those right behind it. Returns whether to keep the connection open."""
        keep_open = self._serve(conn)
        # An executor has no public way to tell whether work waits.
        while keep_open and self.alive and self.tpool._work_queue.empty() and conn.sock.next_request(LINGER):  # noqa: SLF001
            keep_open = self._serve(conn)
        return keep_open

    def handle_error(self, req: Any, client: ClientSocket, addr: Any, exc: BaseException) -> None:
        """Gunicorn's, but for an address that is too long, which says in the API's form how to do without one."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("refused a request line of more than %s bytes", self.cfg.limit_request_line)
        with contextlib.suppress(OSError):
            client.sendall(ADDRESS_TOO_LONG)

    def _serve(self, conn: Connection) -> bool:
        keep_open = super().handle(conn) is True
        # Otherwise the next request would begin at a place that only one of the two believes in.
        return keep_open and conn.sock.is_drained and not conn.parser.unreader.buf.getvalue()
