"""A client's socket whose reads and writes do not wait for the client (see `web_worker`)."""

import errno
import re
import select
import socket
import time
from enum import Enum, auto

from backend.environment import Environment

HEAD_END, LINE_END = b"\r\n\r\n", b"\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNK_SIZE = re.compile(rb"[0-9a-f]{1,15}", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
MULTIPART = re.compile(rb"\r\ncontent-type:[ \t]*multipart/", re.IGNORECASE)
EXPECTS_CONTINUE = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

READ_SIZE = 16_384
HEAD_LIMIT = 65_536  # bytes
CHUNK_LINE_LIMIT = 256  # bytes
# From the first byte of a request to its last, and more for the announced or written bytes.
REQUEST_SECONDS = Environment().seconds("WEB_REQUEST_SECONDS", default=20, most=3600)
SLOWEST = 20_000  # bytes/s
STREAM_LIMIT = 4 * 1024 * 1024  # bytes of a response that may wait; above it, the thread waits as well


class State(Enum):
    INCOMPLETE = auto()
    COMPLETE = auto()
    TOO_LARGE = auto()
    CLOSED = auto()


class IncomingRequest:
    """Finds the end of a request in the bytes that have arrived.

    It only decides when a thread may begin. Gunicorn's parser reads the same bytes and alone says
    what they mean; if it expects more than there is, it finds the end of the stream.
    """

    def __init__(self, limit: int) -> None:
        self.data = bytearray()
        self.expected = 0  # bytes, as far as known
        self._limit = limit  # bytes of a body
        self._searched = 0  # no end of the head before this
        self._head_end = 0
        self._end: int | None = None  # None: not known
        self._chunk = 0  # where the next chunk begins
        self._body = 0  # bytes in complete chunks
        # The application refuses such a body with an explanation, without reading it. It would read an upload.
        self._if_too_large = State.COMPLETE
        self._continued = False

    def add(self, data: bytes) -> State:
        self.data += data
        if not self._head_end:
            found = self.data.find(HEAD_END, self._searched)
            if found < 0:
                self._searched = max(0, len(self.data) - len(HEAD_END))
                return State.TOO_LARGE if len(self.data) > HEAD_LIMIT else State.INCOMPLETE
            self._head_end = found + len(HEAD_END)
            head = bytes(self.data[: self._head_end])
            if MULTIPART.search(head):
                self._if_too_large = State.TOO_LARGE
            if CHUNKED.search(head):
                self._chunk = self._head_end
            else:
                length = LENGTH.search(head)
                self._end = self._head_end + (int(length[1]) if length else 0)
                self.expected = min(self._end, self._head_end + self._limit)
        if self._end is None:
            return self._find_last_chunk()
        if self._end > self._head_end + self._limit:
            return self._if_too_large
        return State.COMPLETE if len(self.data) >= self._end else State.INCOMPLETE

    def take(self) -> bytes:
        """The complete request; what follows it stays."""
        end = len(self.data) if self._end is None else min(self._end, len(self.data))
        taken, rest = bytes(self.data[:end]), self.data[end:]
        self.__init__(self._limit)  # type: ignore[misc] # as new
        self.data = rest
        return taken

    def wants_continue(self) -> bool:
        """Whether the client waits for 100 before it sends the body. True once for each request."""
        if self._continued or len(self.data) != self._head_end:
            return False
        self._continued = EXPECTS_CONTINUE.search(self.data) is not None
        return self._continued

    def _find_last_chunk(self) -> State:
        """Follow the chunks from one to the next. A malformed one is left to the parser, which refuses it."""
        while (line := self.data.find(LINE_END, self._chunk)) >= 0:
            if not (found := CHUNK_SIZE.match(self.data, self._chunk)):
                return State.COMPLETE
            size = int(found[0], 16)
            if size == 0:  # trailers, if any, end with an empty line
                end = self.data.find(HEAD_END, line)
                if end >= 0:
                    self._end = end + len(HEAD_END)
                    return State.COMPLETE
                return State.COMPLETE if len(self.data) > line + HEAD_LIMIT else State.INCOMPLETE
            self._body += size
            self._chunk = line + len(LINE_END) + size + len(LINE_END)
            if self._body > self._limit:
                return self._if_too_large
        is_endless = len(self.data) - self._chunk > CHUNK_LINE_LIMIT
        return State.COMPLETE if is_endless else State.INCOMPLETE


class ClientSocket:
    """Stands for the socket in gunicorn's parser and responses: reads are from memory, and writes go there.

    The worker's main thread receives and flushes. A thread that serves a request waits only to
    write a response of more than STREAM_LIMIT, and not for longer than a client of SLOWEST takes.
    """

    def __init__(self, connected: socket.socket, body_limit: int) -> None:
        connected.settimeout(0)
        self._socket = connected
        self._incoming = IncomingRequest(body_limit)
        self._ready = b""  # the request being served
        self._unsent = bytearray()
        self.starved = False  # the parser wanted more than the request had

    # What gunicorn calls.

    def fileno(self) -> int:
        return self._socket.fileno()

    def setblocking(self, _: object) -> None:
        """It never blocks."""

    def gettimeout(self) -> float:
        return 0.0

    def recv(self, size: int) -> bytes:
        """Bytes of the request being served; b"" after its end, as after the end of a stream."""
        data, self._ready = self._ready[:size], self._ready[size:]
        self.starved = self.starved or not data
        return data

    def send(self, data: bytes) -> int:
        """Gunicorn's own 100 Continue, which came before the body."""
        return len(data)

    def sendall(self, data: bytes) -> None:
        sent = 0 if self._unsent else self._send(data)
        if sent < len(data):
            self._unsent += memoryview(data)[sent:]
            if len(self._unsent) > STREAM_LIMIT:
                self._wait_for_client()

    def shutdown(self, how: int) -> None:
        self._socket.shutdown(how)

    def close(self) -> None:
        self._socket.close()

    # What the worker calls.

    @property
    def has_begun(self) -> bool:
        """Whether a part of the next request has arrived."""
        return bool(self._incoming.data)

    @property
    def is_drained(self) -> bool:
        """Whether gunicorn's parser and the buffer agree on the end of the request that was served."""
        return not self._ready and not self.starved

    @property
    def held(self) -> int:
        """Bytes in memory."""
        return len(self._incoming.data) + len(self._unsent)

    @property
    def patience(self) -> float:
        """The seconds that a client may take for what is under way."""
        return REQUEST_SECONDS + max(self._incoming.expected, len(self._unsent)) / SLOWEST

    def receive(self) -> State:
        """Read what has arrived. When it is COMPLETE, a thread may serve the request."""
        if self.has_begun and (state := self._add(b"")) is not State.INCOMPLETE:
            return state
        try:
            data = self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return State.INCOMPLETE
        except OSError:
            return State.CLOSED
        return self._add(data) if data else State.CLOSED

    def next_request(self, milliseconds: int) -> bool:
        """Whether the next request is complete, or is within so many ms, and the client reads responses."""
        if self._unsent:
            return False
        state = self._add(b"") if self.has_begun else State.INCOMPLETE
        if state is State.INCOMPLETE:
            poll = select.poll()
            poll.register(self._socket, select.POLLIN)
            state = self.receive() if poll.poll(milliseconds) else state
        return state is State.COMPLETE

    def flush(self) -> bool:
        """Send what the client accepts; whether everything has been sent. OSError when it is gone."""
        del self._unsent[: self._send(self._unsent)]
        return not self._unsent

    def discard(self) -> bool:
        """Read and drop; whether the client has closed the connection."""
        try:
            return not self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _add(self, data: bytes) -> State:
        state = self._incoming.add(data)
        if state is State.COMPLETE:
            self._ready, self.starved = self._incoming.take(), False
        elif state is State.INCOMPLETE and self._incoming.wants_continue():
            self.sendall(CONTINUE)
        return state

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0

    def _wait_for_client(self) -> None:
        end = time.monotonic() + self.patience
        poll = select.poll()
        poll.register(self._socket, select.POLLOUT)
        while len(self._unsent) > STREAM_LIMIT // 2:
            left = end - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise ConnectionResetError(errno.ECONNRESET, "the client reads too slowly")
            self.flush()
