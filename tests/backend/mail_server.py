"""A mail server that lets its clients wait until the test continues it."""

import socketserver
import threading


class SlowMailServer(socketserver.ThreadingTCPServer):
    """The first client sets `connected`; clients wait for `go_on`. `mails` are what they sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.connected, self.go_on = threading.Event(), threading.Event()
        self.mails: list[bytes] = []

    @property
    def url(self) -> str:
        """The value of EMAIL_URL."""
        return "smtp://{}:{}".format(*self.server_address)


class _Call(socketserver.StreamRequestHandler):
    server: SlowMailServer

    def handle(self) -> None:
        self.server.connected.set()
        self.server.go_on.wait(30)
        self._send("220 at your service")
        while line := self.rfile.readline():
            command = line.split()[0].upper()
            if command == b"DATA":
                self._send("354 go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self._send("221 bye" if command == b"QUIT" else "250 ok")

    def _send(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
