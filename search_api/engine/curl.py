"""How a search reaches a node of OpenSearch: over libcurl, with a handle, and so a kept connection, for each thread.

opensearch-py's own way, urllib3, takes three times the processor time for a request, which is much of what a completion
costs in all (`docs/bench/README.md`).
"""

import threading
import time
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pycurl
from opensearchpy import Connection
from opensearchpy.exceptions import ConnectionError as NoConnectionError
from opensearchpy.exceptions import ConnectionTimeout, SSLError

MS = 1000
TLS_ERRORS = {
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_CIPHER,
}
SUCCESS = range(200, 300)  # HTTP


class Within(NamedTuple):
    """How long a request may take, in seconds: to connect, and in all."""

    connect: float
    total: float


class CurlConnection(Connection):
    """One node, for any number of threads."""

    def __init__(self, *, http_auth: Any = None, ca_certs: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._password = ":".join(http_auth) if isinstance(http_auth, (list, tuple)) else http_auth
        self._ca_certs = ca_certs
        self._of_thread = threading.local()

    def perform_request(  # noqa: PLR0913, PLR0917 - as opensearch-py calls it
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        timeout: "Within | float | None" = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (the type of content is all there is), and content; TransportError for a status of error."""
        del headers  # a search has none of its own
        path = f"{self.url_prefix}{url}?{urlencode(params)}" if params else f"{self.url_prefix}{url}"
        started = time.monotonic()
        handle = self._handle()
        self._prepare(handle, method, path, body, _within(timeout, self.timeout))
        try:
            content = handle.perform_rb()
        except pycurl.error as failure:
            self._log_failure(method, path, started, failure)
            raise _told(failure, handle) from failure
        status, kind = handle.getinfo(pycurl.RESPONSE_CODE), handle.getinfo(pycurl.CONTENT_TYPE) or ""
        if status not in SUCCESS and status not in ignore:
            self._log_failure(method, path, started, status=status)
            self._raise_error(status, content.decode(errors="replace"), kind)
        return status, {"content-type": kind}, content

    def _handle(self) -> pycurl.Curl:
        """This thread's: a handle must never be used by two."""
        handle: pycurl.Curl | None = getattr(self._of_thread, "handle", None)
        if handle is None:
            handle = self._of_thread.handle = self._opened()
        return handle

    def _opened(self) -> pycurl.Curl:
        handle = pycurl.Curl()
        handle.setopt(pycurl.NOSIGNAL, 1)  # signals and threads do not go together
        # Without 'Expect' curl would ask leave before a long body, and wait for it.
        handle.setopt(pycurl.HTTPHEADER, [*(f"{name}: {value}" for name, value in self.headers.items()), "Expect:"])
        if self._password:
            handle.setopt(pycurl.USERPWD, self._password)
        if self._ca_certs:
            handle.setopt(pycurl.CAINFO, self._ca_certs)
        return handle

    def _prepare(self, handle: pycurl.Curl, method: str, path: str, body: bytes | None, within: Within) -> None:
        handle.setopt(pycurl.URL, f"{self.host}{path}")
        handle.setopt(pycurl.POSTFIELDS, body or b"")
        handle.setopt(pycurl.NOBODY, method == "HEAD")
        handle.setopt(pycurl.CUSTOMREQUEST, method)
        handle.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(within.connect))
        handle.setopt(pycurl.TIMEOUT_MS, _milliseconds(within.total))

    def _log_failure(
        self, method: str, path: str, started: float, exception: Exception | None = None, status: int | None = None
    ) -> None:
        seconds = time.monotonic() - started
        self.log_request_fail(method, f"{self.host}{path}", path, None, seconds, status, exception=exception)


def _within(timeout: "Within | float | None", usual: float) -> Within:
    return timeout if isinstance(timeout, Within) else Within(timeout or usual, timeout or usual)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * MS))  # to curl, 0 means for ever


def _told(failure: pycurl.error, handle: pycurl.Curl) -> Exception:
    """The failure in opensearch-py's terms: a node that was never reached is not one that is slow."""
    arguments: tuple[Any, ...] = failure.args
    code, message = arguments
    if code in TLS_ERRORS:
        return SSLError("N/A", message, failure)
    if code == pycurl.E_OPERATION_TIMEDOUT and handle.getinfo(pycurl.PRETRANSFER_TIME):
        return ConnectionTimeout("TIMEOUT", message, failure)
    return NoConnectionError("N/A", message, failure)
