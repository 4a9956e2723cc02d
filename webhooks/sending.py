"""Sends signed events over HTTP, many at once in one thread, by libcurl.

What a receiver does cannot hurt: it has a time limit for connecting and one for everything, its
answer is read up to `MOST_READ`, no redirect is followed, no proxy is used, and every socket
connects to an address that `addresses` allows. libcurl resolves a name itself and connects to just
that address, while it checks the certificate against the name.
"""

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import certifi
import pycurl
from django.conf import settings

from webhooks import addresses

MOST_READ = 4096  # bytes of an answer; curl itself limits the headers
MOST_SAID = 200  # characters of an answer in an error
AGENT = "Searchlight-Webhooks/1"
SUCCESS, REDIRECTS = range(200, 300), range(300, 400)
GONE = 410
CAN_WAIT = frozenset({429, 503})
LONGEST_WAIT = 3600.0  # s that a receiver may ask for
SYSTEM_AUTHORITIES = ssl.get_default_verify_paths().cafile or certifi.where()
PAUSE = 0.01  # s, while a name is looked up and there is no socket to wait for
REFUSED = "its address is not public, nor in WEBHOOK_ALLOWED_NETWORKS"
NOT_PLAIN = "over http:// events are only sent to WEBHOOK_ALLOWED_NETWORKS"


@dataclass(frozen=True, slots=True)
class Message:
    """One attempt."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an attempt. `error` is empty when the receiver has accepted the event."""

    status: int | None
    error: str
    seconds: float = 0.0
    wait: float = 0.0  # s, when the receiver asked for time (Retry-After)

    @property
    def gone(self) -> bool:
        """The receiver wants no more events."""
        return self.status == GONE


@dataclass(slots=True)
class _Attempt:
    """A message on a handle of libcurl, and what has been received."""

    key: object
    handle: pycurl.Curl
    received: bytearray = field(default_factory=bytearray)
    retry_after: str = ""
    plain: bool = False  # over http://
    refusal: str = ""
    sockets: list[socket.socket] = field(default_factory=list)  # libcurl has copies of them

    def start(self, message: Message) -> None:
        handle = self.handle
        self.plain = not message.url.lower().startswith("https:")
        handle.setopt(pycurl.URL, message.url)
        handle.setopt(pycurl.POSTFIELDS, message.body)
        sent = {"Content-Type": "application/json", "User-Agent": AGENT, "Expect": "", **message.headers}
        handle.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in sent.items()])
        handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        handle.setopt(pycurl.FOLLOWLOCATION, 0)
        handle.setopt(pycurl.PROXY, "")  # one from the environment would connect on our behalf, unchecked
        handle.setopt(pycurl.NOSIGNAL, 1)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        handle.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(settings.WEBHOOK_CONNECT_TIMEOUT))
        handle.setopt(pycurl.TIMEOUT_MS, _milliseconds(settings.WEBHOOK_TIMEOUT))
        handle.setopt(pycurl.WRITEFUNCTION, self._receive)
        handle.setopt(pycurl.HEADERFUNCTION, self._receive_header)
        handle.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        # This libcurl comes in a wheel, without certificates of authorities.
        handle.setopt(pycurl.CAINFO, settings.WEBHOOK_CA_CERTS or SYSTEM_AUTHORITIES)

    def answer(self, code: int = 0, reason: str = "") -> Answer:
        status = self.handle.getinfo(pycurl.RESPONSE_CODE) or None
        seconds = self.handle.getinfo(pycurl.TOTAL_TIME)
        # An answer that was longer than we read is an answer.
        complete = not code or (code == pycurl.E_WRITE_ERROR and len(self.received) >= MOST_READ)
        if not complete or status is None:
            return Answer(status, self.refusal or reason or "no answer", seconds)
        if status in SUCCESS:
            return Answer(status, "", seconds)
        if status in REDIRECTS:
            target = self.handle.getinfo(pycurl.REDIRECT_URL) or "nowhere"
            return Answer(status, f"it redirects to {target}; redirects are not followed", seconds)
        said = bytes(self.received[:MOST_SAID]).decode(errors="replace").strip()
        wait = min(float(self.retry_after), LONGEST_WAIT) if status in CAN_WAIT and self.retry_after else 0.0
        return Answer(status, f"it answered {status}" + (f": {said}" if said else ""), seconds, wait)

    def _receive(self, data: bytes) -> int | None:
        self.received += data[: MOST_READ - len(self.received)]
        return None if len(self.received) < MOST_READ else 0  # 0: read no more

    def _receive_header(self, line: bytes) -> None:
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "retry-after" and value.strip().isascii() and value.strip().isdigit():
            self.retry_after = value.strip()[:9]

    def _open(self, purpose: int, address: Any) -> Any:
        """Called by libcurl for each address that it is about to connect to."""
        del purpose
        host = str(address.addr[0]) if isinstance(address.addr, tuple) else ""
        if not addresses.is_allowed(host):
            self.refusal = REFUSED
            return pycurl.SOCKET_BAD
        if self.plain and not addresses.is_listed(host):
            self.refusal = NOT_PLAIN
            return pycurl.SOCKET_BAD
        self.refusal = ""  # of another address of the same name
        self.sockets.append(socket.socket(address.family, address.socktype, address.protocol))
        return self.sockets[-1]

    def close_sockets(self) -> None:
        for one in self.sockets:
            one.close()


class Sender:
    """Attempts in flight. For one thread; connections stay open for the next attempt."""

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._attempts: dict[pycurl.Curl, _Attempt] = {}
        self._idle: list[pycurl.Curl] = []

    @property
    def in_flight(self) -> int:
        return len(self._attempts)

    def start(self, key: object, message: Message) -> None:
        handle = self._idle.pop() if self._idle else pycurl.Curl()
        attempt = self._attempts[handle] = _Attempt(key, handle)
        attempt.start(message)
        self._multi.add_handle(handle)

    def finished(self, within: float) -> list[tuple[object, Answer]]:
        """The attempts that have ended, by their keys; waits up to so many seconds for the first."""
        end = time.monotonic() + within
        while True:
            self._multi.perform()
            done = self._collect()
            left = end - time.monotonic()
            if done or left <= 0 or not self._attempts:
                return done
            due = self._multi.timeout()  # ms until libcurl wants to act, on a time limit for example
            wait = left if due < 0 else min(left, due / 1000)
            if self._multi.select(wait) < 0:
                time.sleep(min(PAUSE, wait))

    def _collect(self) -> list[tuple[object, Answer]]:
        done: list[tuple[object, Answer]] = []
        while True:
            left, succeeded, failed = self._multi.info_read()
            done += [self._end(handle) for handle in succeeded]
            done += [self._end(handle, code, reason) for handle, code, reason in failed]
            if not left:
                return done

    def _end(self, handle: pycurl.Curl, code: int = 0, reason: str = "") -> tuple[object, Answer]:
        attempt = self._attempts.pop(handle)
        answer = attempt.answer(code, reason)
        attempt.close_sockets()
        self._multi.remove_handle(handle)
        handle.reset()
        self._idle.append(handle)
        return attempt.key, answer

    def close(self) -> None:
        """Drop the attempts in flight."""
        for handle, attempt in self._attempts.items():
            attempt.close_sockets()
            with suppress(pycurl.error):
                self._multi.remove_handle(handle)
        self._attempts.clear()
        self._multi.close()


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))
