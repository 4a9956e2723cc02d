"""HTTP/1.1 over a plain socket, as little as a load generator needs: it must cost far less than what it measures."""

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
    """One request to make; `path` holds the query string as well."""

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
    """One kept-alive connection with at most one request under way; made anew when the server closes it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._received = bytearray()
        self._whole: int | None = None
        self._chunked = False
        self.socket = self._connect()

    def send(self, request: bytes) -> None:
        self._received.clear()
        self._whole, self._chunked = None, False
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what has come: the status once the answer is whole, else None."""
        data = self.socket.recv(READ_SIZE)
        if not data:
            raise ConnectionError("the server closed the connection before its answer was whole")
        self._received += data
        return self._status() if self._complete() else None

    def ask(self, request: bytes) -> bytes:
        """Send, wait, and give the body of the answer."""
        self.send(request)
        while self.receive() is None:
            pass
        return bytes(self._received[self._received.find(HEAD_END) + len(HEAD_END) :])

    @property
    def closing(self) -> bool:
        """The server said with its answer that it closes the connection."""
        return CLOSE.search(self._head()) is not None

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = self._connect()

    def _connect(self) -> socket.socket:
        connected = socket.create_connection(self._address, timeout=30)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def _head(self) -> bytes:
        return bytes(self._received[: self._received.find(HEAD_END) + 2])

    def _status(self) -> int:
        return int(self._received[9:12])

    def _complete(self) -> bool:
        if self._whole is None and not self._chunked:
            self._read_head()
        if self._chunked:
            return self._received.endswith(LAST_CHUNK)
        return self._whole is not None and len(self._received) >= self._whole

    def _read_head(self) -> None:
        end = self._received.find(HEAD_END)
        if end < 0:
            return
        head = self._head()
        length = LENGTH.search(head)
        self._chunked = CHUNKED.search(head) is not None
        self._whole = end + len(HEAD_END) + (int(length.group(1)) if length else 0)
