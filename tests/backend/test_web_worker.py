"""The web server's threads never wait for a slow client, and for a quick one only while nobody needs them."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.environment import SENTENCE_MODEL
from tests.eventually import eventually

pytestmark = pytest.mark.service

CHECKOUT = Path(__file__).resolve().parents[2]
OPTIONS = ("--worker-class", "backend.web_worker.BufferingWorker", "--threads", "1", "--keep-alive", "60")
CONNECTIONS = 30
# The limits are low, so that tests reach them.
LIMITS = {"WEB_BODY_LIMIT": "2000000", "WEB_REQUEST_SECONDS": "2"}
SLOW = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nX: ",
    "half a body": b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf",
    "half a chunk": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
}


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
        body = b""
        while len(body) < size:
            body += self.socket.recv(size - len(body))
        return body.decode()

    def send_raw(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive_all(self) -> bytes:
        """Everything until the server closes the connection."""
        received = b""
        while data := self.socket.recv(65_536):
            received += data
        return received

    def get(self, path: str) -> str:
        self.send(path)
        return self.receive(len(path))

    def close(self) -> None:
        self.socket.close()


def listens(address: Path) -> bool:
    """Between bind and listen the address exists and refuses connections."""
    with socket.socket(socket.AF_UNIX) as tried:
        return tried.connect_ex(str(address)) == 0


@contextmanager
def running(folder: Path, **limits: str) -> Iterator[Path]:
    """The address of one process with one thread."""
    address = folder / "web"
    command = [sys.executable, "-m", "gunicorn", *OPTIONS, "--worker-connections", str(CONNECTIONS)]
    command += ["--bind", f"unix:{address}", "tests.backend.echo"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=os.environ | LIMITS | limits) as process:
        try:
            eventually(lambda: listens(address))
            yield address
        finally:
            process.terminate()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    with running(tmp_path) as address:
        yield address


@pytest.mark.skipif(not SENTENCE_MODEL, reason="SEMANTIC_MODEL_PATH names no model")
def test_processes_forked_after_loading_the_model_stop_cleanly(tmp_path: Path) -> None:
    address, log = tmp_path / "web", tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "--config", "python:backend.gunicorn", "--bind", f"unix:{address}"]
    environment = os.environ | {"SEMANTIC_MODEL_PATH": SENTENCE_MODEL, "WEB_WORKERS": "2", "ALLOWED_HOSTS": "shop"}
    with log.open("wb") as output:
        server = subprocess.Popen([*command, "backend.wsgi"], cwd=CHECKOUT, env=environment, stderr=output)
    try:
        eventually(lambda: "Booting worker" in log.read_text(), within=60)
        with closing(Client(address)) as client:
            client.send("/health/live")
            client.receive(1)
        server.terminate()
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()
        server.wait()
    assert "was sent" not in log.read_text()  # gunicorn, of a process that a signal ended


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


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_slow_senders_take_no_thread(server: Path, sent: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(CONNECTIONS // 2):
            stack.enter_context(closing(Client(server))).send_raw(sent)
        with closing(Client(server)) as client:
            assert client.get("/served") == "/served"


def test_slow_readers_take_no_thread(server: Path) -> None:
    """Each gets its whole response when it reads at last."""
    with ExitStack() as stack:
        readers = [stack.enter_context(closing(Client(server))) for _ in range(3)]
        for reader in readers:
            reader.send("/large/2000000")
        with closing(Client(server)) as client:
            assert client.get("/served") == "/served"
        assert [reader.receive(2_000_000).count("x") for reader in readers] == [2_000_000] * 3


def test_streamed_response_is_complete(server: Path) -> None:
    """It is larger than what may wait in memory."""
    with closing(Client(server)) as client:
        client.send("/large/20000000")
        assert client.receive(20_000_000).count("x") == 20_000_000


def test_request_that_takes_too_long_is_refused(server: Path) -> None:
    with closing(Client(server)) as client:
        client.send_raw(SLOW["half a body"])
        assert client.receive_all().startswith(b"HTTP/1.1 408 Request Timeout\r\n")


@pytest.mark.parametrize("is_idle", [False, True], ids=["slow", "idle"])
def test_the_oldest_waiting_client_makes_room_for_a_new_one(tmp_path: Path, *, is_idle: bool) -> None:
    """Long before its own time is over."""
    with running(tmp_path, WEB_REQUEST_SECONDS="60") as server, ExitStack() as stack:
        waiting: list[Client] = []
        for _ in range(CONNECTIONS + 5):
            waiting.append(stack.enter_context(closing(Client(server))))
            if is_idle:
                assert waiting[-1].get("/first") == "/first"
            else:
                waiting[-1].send_raw(SLOW["half a head"])
        with closing(Client(server)) as client:
            assert client.get("/served") == "/served"
        assert waiting[0].receive_all()[:13] == (b"" if is_idle else b"HTTP/1.1 408 ")
        waiting[-1].socket.settimeout(0)
        with pytest.raises(BlockingIOError):
            waiting[-1].socket.recv(1)


def test_clients_that_closed_their_side_and_read_nothing_are_counted_out_once(server: Path) -> None:
    """A worker that counts too few connections makes no room."""
    with ExitStack() as stack:
        for _ in range(10):
            gone = stack.enter_context(closing(Client(server)))
            gone.send_raw(b"GET /large/400000 HTTP/1.1\r\nHost: shop\r\n\r\nG")
            gone.socket.shutdown(socket.SHUT_WR)
            gone.socket.recv(1)
        assert stack.enter_context(closing(Client(server))).get("/served") == "/served"
        waiting: list[Client] = []
        for _ in range(CONNECTIONS + 5):
            waiting.append(stack.enter_context(closing(Client(server))))
            waiting[-1].send_raw(SLOW["half a head"])
        with closing(Client(server)) as client:
            assert client.get("/served") == "/served"
        waiting[0].socket.settimeout(1)
        assert waiting[0].receive_all().startswith(b"HTTP/1.1 408 ")


def test_address_that_is_too_long_is_refused_in_the_form_of_the_api(server: Path) -> None:
    with closing(Client(server)) as client:
        client.send(f"/search/products/?q={'x' * 9_000}")
        head, _, body = client.receive_all().decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 414 URI Too Long\r\n")
    assert "Content-Type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], "POST" in problem["detail"]) == (414, True)


def test_upload_that_is_too_large_is_refused_without_reading_it(server: Path) -> None:
    head = b"POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 2000001\r\n\r\n"
    with closing(Client(server)) as client:
        client.send_raw(head)
        assert client.receive_all().startswith(b"HTTP/1.1 413 Content Too Large\r\n")


def test_connection_ends_after_a_body_that_was_not_awaited(server: Path) -> None:
    """What follows would be taken for a request."""
    with closing(Client(server)) as client:
        client.send_raw(b"POST /large-body HTTP/1.1\r\nHost: shop\r\nContent-Length: 3000000\r\n\r\n")
        assert client.receive_all().endswith(b"\r\n\r\n/large-body")


def test_bodies_of_both_kinds_arrive_whole(server: Path) -> None:
    with closing(Client(server)) as client:
        client.send_raw(b"POST /body HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\n\r\n12")
        client.send_raw(b"345")
        assert client.receive(5) == "12345"
        client.send_raw(b"POST /body HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n2")
        client.send_raw(b"\r\n45\r\n0\r\n\r\n")
        assert client.receive(5) == "12345"


def test_client_that_waits_for_100_gets_it_before_it_sends_the_body(server: Path) -> None:
    with closing(Client(server)) as client:
        client.send_raw(b"POST /body HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert client.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send_raw(b"ok")
        assert client.receive(2) == "ok"
