"""Clients that send or read so slowly that a server which waits for them in a thread can do nothing else."""

import contextlib
import itertools
import socket
import threading
from urllib.parse import urlsplit

from tools.devstack.chaos.background import BackgroundClients

DRIP_SECONDS = 1.0  # between two bytes of a client
HALF_BODY = b"POST /search/clicks/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n" + b" " * 250
HALF_HEAD = b"GET /search/products/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
# More than the buffers of a connection hold.
LARGE = b"/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
UNREAD = 3 * (b"GET " + LARGE + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
SENT = {"half a body": HALF_BODY, "half a head": HALF_HEAD, "unread responses": UNREAD}
SMALL_BUFFER = 4096  # bytes


class SlowClients(BackgroundClients):
    """`count` clients of each kind. Whoever is cut off connects again."""

    def __init__(self, url: str, count: int) -> None:
        super().__init__()
        address = urlsplit(url)
        self._address = (str(address.hostname), int(address.port or 80))
        self._count = count
        self.connected = 0  # at the last look

    def run(self, stopped: threading.Event) -> None:
        clients: dict[int, socket.socket] = {}
        kinds = list(itertools.islice(itertools.cycle(SENT), self._count * len(SENT)))
        try:
            while not stopped.is_set():
                for number, kind in enumerate(kinds):
                    if number not in clients:
                        with contextlib.suppress(OSError):
                            clients[number] = self._connect(SENT[kind])
                    elif SENT[kind] != UNREAD and not _drip(clients[number]):
                        clients.pop(number).close()
                self.connected = len(clients)
                stopped.wait(DRIP_SECONDS)
        finally:
            for client in clients.values():
                client.close()

    def _connect(self, data: bytes) -> socket.socket:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        client.settimeout(DRIP_SECONDS)
        client.connect(self._address)
        client.sendall(data)
        return client


def _drip(client: socket.socket) -> bool:
    """Send one byte more; whether the server still accepts it."""
    try:
        return client.send(b" ") == 1
    except OSError:
        return False
