"""A mail server that keeps its callers waiting until it is told to go on."""

import socketserver
import threading


class SlowMailServer(socketserver.ThreadingTCPServer):
    """`asked` is set by the first call; no call is greeted before `go_on` is. `taken` are the mails."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.taken: list[bytes] = []

    @property
    def url(self) -> str:
        """As EMAIL_URL names it."""
        return "smtp://{}:{}".format(*self.server_address)


class _Call(socketserver.StreamRequestHandler):
    server: SlowMailServer

    def handle(self) -> None:
        self.server.asked.set()
        self.server.go_on.wait(30)
        self._say("220 at your service")
        while line := self.rfile.readline():
            command = line.split()[0].upper()
            if command == b"DATA":
                self._say("354 go on")
                self.server.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self._say("221 bye" if command == b"QUIT" else "250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
