"""What a receiver does cannot hurt the sender."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.certificates import self_signed
from tests.webhooks.receiver import Receiver, Response, running
from webhooks import addresses, sending
from webhooks.sending import Answer, Message, Sender

pytestmark = pytest.mark.unit


@pytest.fixture
def sender() -> Iterator[Sender]:
    sender = Sender()
    yield sender
    sender.close()


def send(sender: Sender, url: str, body: bytes = b"{}") -> Answer:
    sender.start("it", Message(url, {"webhook-id": "evt_1"}, body))
    ((key, answer),) = sender.finished(10)
    assert key == "it"
    return answer


def test_message_arrives_as_it_is(sender: Sender, receiver: Receiver) -> None:
    answer = send(sender, f"{receiver.url}?shop=1", b'{"a": 1}')
    assert (answer.status, answer.error) == (204, "")
    (received,) = receiver.received
    assert received.body == b'{"a": 1}'
    sent = {name: received.headers[name] for name in ("content-type", "user-agent", "webhook-id")}
    assert sent == {"content-type": "application/json", "user-agent": sending.AGENT, "webhook-id": "evt_1"}


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
def test_error_status_is_a_failure_with_what_the_receiver_said(sender: Sender, receiver: Receiver, status: int) -> None:
    receiver.answer = lambda _: Response(status, body=b"no " * 1000)
    answer = send(sender, receiver.url)
    assert answer.status == status
    assert answer.error == f"it answered {status}: {'no ' * 66}no"
    assert answer.gone is (status == 410)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(sender: Sender, receiver: Receiver, status: int) -> None:
    with running(Receiver()) as other:
        receiver.answer = lambda _: Response(status, {"Location": other.url})
        answer = send(sender, receiver.url)
        assert answer.error == f"it redirects to {other.url}; redirects are not followed"
        assert other.received == []


def test_receiver_that_hangs_fails_within_the_limit(sender: Sender, receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_TIMEOUT = 0.2
    go_on = threading.Event()
    receiver.answer = lambda _: Response() if go_on.wait(30) else Response(500)
    answer = send(sender, receiver.url)
    go_on.set()
    assert (answer.status, "timed out" in answer.error) == (None, True)


def test_receiver_that_drips_its_answer_fails_within_the_limit(sender: Sender, settings: Settings) -> None:
    settings.WEBHOOK_TIMEOUT = 0.3
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not stopped.wait(0.02):
                    try:
                        connection.sendall(b".")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        answer = send(sender, f"http://127.0.0.1:{server.getsockname()[1]}/")
        stopped.set()
        thread.join()
    assert "timed out" in answer.error


def test_endless_answer_is_read_up_to_a_limit(sender: Sender, receiver: Receiver) -> None:
    receiver.answer = lambda _: Response(200, body=b"x" * 50_000_000)
    answer = send(sender, receiver.url)
    assert (answer.status, answer.error) == (200, "")
    receiver.answer = lambda _: Response(500, {"Transfer-Encoding": "chunked"}, b"ffffff\r\n" + b"x" * 0xFFFFFF)
    assert send(sender, receiver.url).status == 500


def test_nobody_listens(sender: Sender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    answer = send(sender, f"http://127.0.0.1:{port}/")
    assert (answer.status, bool(answer.error)) == (None, True)


@pytest.mark.parametrize("body", [b"garbage\r\n\r\n", b"", b"HTTP/1.1 200\x00 OK\r\n" + b"X: y\r\n" * 100_000])
def test_what_is_no_http_is_a_failure(sender: Sender, body: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100_000)
                with suppress(OSError):  # the sender had enough
                    connection.sendall(body)

        thread = threading.Thread(target=answer)
        thread.start()
        found = send(sender, f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert found.error


@pytest.mark.parametrize(
    "host",
    ["127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "[::ffff:127.0.0.2]", "0.0.0.0"],  # noqa: S104
)
def test_forbidden_address_is_never_connected_to_however_it_is_written(sender: Sender, host: str) -> None:
    with running(Receiver("0.0.0.0")) as receiver:  # noqa: S104 - to see whatever would arrive
        answer = send(sender, receiver.url_of(host))
        assert (answer.status, answer.error) == (None, sending.REFUSED)
        assert receiver.received == []


def test_name_is_checked_by_the_address_that_it_has_when_it_is_sent(
    sender: Sender, receiver: Receiver, settings: Settings
) -> None:
    """A name that pointed elsewhere when the subscription was made (DNS rebinding)."""
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("192.0.2.0/24")]
    addresses.check_url(receiver.url_of("localhost"))
    assert send(sender, receiver.url_of("localhost")).error == sending.REFUSED
    assert receiver.received == []


def test_plain_http_is_refused_outside_the_listed_networks(
    sender: Sender, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("192.0.2.0/24")]
    monkeypatch.setattr(addresses, "is_allowed", lambda _: True)  # as if this machine were a public one
    assert send(sender, receiver.url).error == sending.NOT_PLAIN


def test_proxy_of_the_environment_is_not_used(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(Receiver()) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert send(sender, receiver.url).status == 204
        assert proxy.received == []


def test_certificate_is_checked_by_name(sender: Sender, tmp_path: Path, settings: Settings) -> None:
    certificate = self_signed(tmp_path)  # for 127.0.0.1
    with running(Receiver(certificate=certificate)) as receiver:
        assert "certificate" in send(sender, receiver.url).error.lower()
        settings.WEBHOOK_CA_CERTS = str(certificate)
        assert send(sender, receiver.url).status == 204
        assert "localhost" in send(sender, receiver.url_of("localhost")).error
        assert len(receiver.received) == 1


def test_receiver_that_asks_for_time(sender: Sender, receiver: Receiver) -> None:
    waits = []
    for status, header in ((429, "7"), (503, "999999"), (503, "soon"), (500, "7")):
        receiver.answer = lambda _, status=status, header=header: Response(status, {"Retry-After": header})  # type: ignore[misc]
        waits.append(send(sender, receiver.url).wait)
    assert waits == [7.0, 3600.0, 0.0, 0.0]


def test_many_at_once_and_none_waits_for_a_slow_one(sender: Sender, receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_TIMEOUT = 30.0
    go_on = threading.Event()
    receiver.answer = lambda received: Response() if received.body != b"slow" or go_on.wait(30) else Response(500)
    for number in range(40):
        sender.start(number, Message(receiver.url, {}, b"slow" if number < 5 else b"quick"))
    done: list[object] = []
    end = time.monotonic() + 10
    while len(done) < 35 and time.monotonic() < end:
        done += [key for key, _ in sender.finished(1)]
    assert set(done) == set(range(5, 40))
    go_on.set()
    while sender.in_flight:
        done += [key for key, _ in sender.finished(1)]
    assert len(done) == 40
