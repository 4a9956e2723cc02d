"""The part of HTTP/1.1 that a load generator needs, over a plain socket.

A client library would use as much processor time for a request as the server that is measured.
"""

import re
import socket
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
READ_SIZE = 1 << 18
LENGTH = re.compile(rb"(?i)\r\ncontent-length:\s*(\d+)")
CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding:\s*chunked")
CLOSE = re.compile(rb"(?i)\r\nconnection:\s*close")


@dataclass(frozen=True)
class Request:
    """`path` includes the query string."""

    path: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self, host: str) -> bytes:
        body = self.body.encode()
        headers = {"Host": host, "Accept": "application/json", **self.headers}
        if body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode() + HEAD_END + body


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._received = bytearray()
        self._length: int | None = None  # of the whole response, when its head is there and names the length
        self._chunked = False
        self.connect()

    def send(self, request: bytes) -> None:
        self._received.clear()
        self._length, self._chunked = None, False
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what has arrived; the status once the response is complete, else None."""
        data = self.socket.recv(READ_SIZE)
        if not data:
            raise ConnectionError("the server closed the connection before its response was complete")
        self._received += data
        if self._length is None and not self._chunked:
            end = self._received.find(HEAD_END)
            if end < 0:
                return None
            head = self._head()
            length = LENGTH.search(head)
            self._chunked = CHUNKED.search(head) is not None
            self._length = end + len(HEAD_END) + (int(length.group(1)) if length else 0)
        if self._chunked:
            complete = self._received.endswith(LAST_CHUNK)
        else:
            complete = self._length is not None and len(self._received) >= self._length
        return int(self._received[9:12]) if complete else None

    @property
    def closing(self) -> bool:
        """Whether the server closes the connection after this response."""
        return CLOSE.search(self._head()) is not None

    def connect(self) -> None:
        self.socket = socket.create_connection(self._address, timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _head(self) -> bytes:
        return bytes(self._received[: self._received.find(HEAD_END) + 2])
