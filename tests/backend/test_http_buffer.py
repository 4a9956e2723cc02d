"""The web server finds the end of a request in whatever pieces it arrives."""

import socket

import pytest

from backend.http_buffer import HEAD_LIMIT, STREAM_LIMIT, ClientSocket, IncomingRequest, State

pytestmark = pytest.mark.unit

LIMIT = 1_000_000
REQUESTS = {
    "no body": b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n",
    "body": b"POST / HTTP/1.1\r\nHost: shop\r\ncontent-length: 5\r\n\r\nab\r\n\r",
    "empty body": b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "chunks": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\nA;x\r\n0123456789\r\n0\r\n\r\n",
    "trailers": b"POST / HTTP/1.1\r\nTRANSFER-ENCODING: gzip, chunked\r\n\r\n1\r\na\r\n0\r\nDigest: b\r\n\r\n",
}
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
MULTIPART = b"Content-Type: multipart/form-data; boundary=b\r\n"


@pytest.mark.parametrize("whole", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_request_is_complete_at_its_last_byte_and_not_before(whole: bytes, size: int) -> None:
    request = IncomingRequest(LIMIT)
    states = [request.add(whole[start : start + size]) for start in range(0, len(whole), size)]
    assert states == [State.INCOMPLETE] * (len(states) - 1) + [State.COMPLETE]
    assert request.take() == whole


def test_requests_sent_at_once_are_taken_one_by_one() -> None:
    request, taken = IncomingRequest(LIMIT), []
    state = request.add(b"".join(REQUESTS.values()))
    while state is State.COMPLETE:
        taken.append(request.take())
        state = request.add(b"")
    assert taken == list(REQUESTS.values())
    assert request.data == b""


@pytest.mark.parametrize("chunk", [b"none\r\n", b"-1\r\n", b"f" * 300], ids=["no number", "negative", "endless"])
def test_malformed_chunk_is_left_to_the_parser(chunk: bytes) -> None:
    request = IncomingRequest(LIMIT)
    assert request.add(CHUNKED + chunk) is State.COMPLETE


@pytest.mark.parametrize(
    ("head", "body", "state"),
    [
        (b"Content-Length: %d\r\n" % LIMIT, b"", State.INCOMPLETE),
        (b"Content-Length: %d\r\n" % (LIMIT + 1), b"", State.COMPLETE),
        (b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % (LIMIT + 1), State.COMPLETE),
        (MULTIPART + b"Content-Length: %d\r\n" % LIMIT, b"", State.INCOMPLETE),
        (MULTIPART + b"Content-Length: %d\r\n" % (LIMIT + 1), b"", State.TOO_LARGE),
        (MULTIPART + b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % (LIMIT + 1), State.TOO_LARGE),
    ],
)
def test_body_over_the_limit_is_not_awaited(head: bytes, body: bytes, state: State) -> None:
    """The application explains what it refuses; it would read a whole upload."""
    request = IncomingRequest(LIMIT)
    assert request.add(b"POST / HTTP/1.1\r\n" + head + b"\r\n" + body) is state


def test_endless_head_is_refused() -> None:
    request = IncomingRequest(LIMIT)
    assert request.add(b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_LIMIT) is State.TOO_LARGE


def test_client_is_asked_once_to_continue() -> None:
    request = IncomingRequest(LIMIT)
    request.add(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert [request.wants_continue(), request.wants_continue()] == [True, False]
    assert request.add(b"abc") is State.COMPLETE


def test_next_request_waits_until_the_client_has_read_the_response() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection = ClientSocket(ours, LIMIT)
        theirs.sendall(REQUESTS["no body"] * 2)
        assert connection.receive() is State.COMPLETE
        connection.sendall(bytes(STREAM_LIMIT))
        assert not connection.next_request(0)
        while not connection.flush():
            theirs.recv(STREAM_LIMIT)
        assert connection.next_request(0)
