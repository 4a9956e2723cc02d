"""A web thread waits for the next request of its connection, but not while another needs it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.eventually import eventually

pytestmark = pytest.mark.service

CHECKOUT = Path(__file__).resolve().parents[2]
OPTIONS = ("--worker-class", "backend.web_worker.LingeringWorker", "--threads", "1", "--keep-alive", "60")


class Client:
    """A persistent connection."""

    def __init__(self, address: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(address))

    def send(self, *paths: str) -> None:
        self.socket.sendall("".join(f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n" for path in paths).encode())

    def receive(self, size: int) -> str:
        """The next response, whose body has this size."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        assert head.startswith(b"HTTP/1.1 200")
        return self.socket.recv(size, socket.MSG_WAITALL).decode()

    def get(self, path: str) -> str:
        self.send(path)
        return self.receive(len(path))

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    """The address of one process with one thread."""
    address = tmp_path / "web"
    command = [sys.executable, "-m", "gunicorn", *OPTIONS, "--bind", f"unix:{address}", "tests.backend.echo"]
    with subprocess.Popen(command, cwd=CHECKOUT) as process:
        try:
            eventually(address.exists)
            yield address
        finally:
            process.terminate()


def test_requests_of_one_connection_are_served_in_turn(server: Path) -> None:
    with closing(Client(server)) as client:
        assert [client.get(f"/{number}") for number in range(20)] == [f"/{number}" for number in range(20)]


def test_requests_sent_at_once_are_all_served(server: Path) -> None:
    with closing(Client(server)) as client:
        client.send("/one", "/two", "/six")
        assert [client.receive(4) for _ in range(3)] == ["/one", "/two", "/six"]


def test_persistent_connection_takes_no_thread_from_another(server: Path) -> None:
    with closing(Client(server)) as first, closing(Client(server)) as second:
        for number in range(5):
            assert (first.get(f"/first/{number}"), second.get(f"/second/{number}")) == (
                f"/first/{number}",
                f"/second/{number}",
            )


def test_closed_connection_frees_the_thread(server: Path) -> None:
    gone = Client(server)
    gone.get("/")
    gone.close()
    with closing(Client(server)) as client:
        assert client.get("/still") == "/still"
