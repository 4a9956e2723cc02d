"""A process that receives events, badly, and writes down each before it answers.

    python -m tools.devstack.deliveries.receiver OPTIONS-AS-JSON

A line of its log: {id, kind, subject, number, accepted, forged}.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ACCEPTED, REDIRECT, FAILED, NOT_READY = 204, 307, 500, 503
SHARE = 0.3  # of requests that a failing or redirecting receiver refuses
HANGING = 0.03  # share of requests that a hanging receiver never answers


@dataclass(frozen=True)
class Options:
    """`behaviour` is good, failing, hanging, redirecting or trap; a trap receives what must never be sent."""

    name: str
    address: str
    port: int
    behaviour: str
    log: str
    secrets: str  # a JSON file: secret by name of the receiver
    target: str  # of redirects
    hang: float  # s
    outage: float  # s at the beginning, in which a failing receiver refuses everything


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, options: Options) -> None:
        super().__init__((options.address, options.port), Handler)
        self.options = options
        self.began = time.monotonic()
        self._log = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, **line: Any) -> None:
        os.write(self._log, (json.dumps(line) + "\n").encode())  # appended as a whole, also by several threads

    def handle_error(self, *_: Any) -> None:
        """A worker that was killed has closed its connection."""


class Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        content, options = json.loads(body), self.server.options
        try:
            secret = json.loads(Path(options.secrets).read_text(encoding="utf-8")).get(options.name, "")
        except FileNotFoundError:
            self._answer(NOT_READY)
            return
        status = self._status()
        self.server.note(
            id=self.headers["webhook-id"],
            kind=content["type"],
            subject=subject_of(content["data"]),
            number=number_of(content["data"]),
            accepted=status == ACCEPTED,
            forged=not self._is_signed(secret, body),
        )
        self._answer(status)

    do_GET = do_POST  # noqa: N815 - a redirect that was followed

    def _status(self) -> int:
        behaviour, chance = self.server.options.behaviour, random.random()  # noqa: S311 - chance is no secret
        in_outage = time.monotonic() - self.server.began < self.server.options.outage
        if behaviour == "failing" and (in_outage or chance < SHARE):
            return FAILED
        if behaviour == "redirecting" and chance < SHARE:
            return REDIRECT
        if behaviour == "hanging" and chance < HANGING:
            threading.Event().wait(self.server.options.hang)
            return FAILED
        return ACCEPTED

    def _is_signed(self, secret: str, body: bytes) -> bool:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return expected == self.headers["webhook-signature"]

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == REDIRECT:
            self.send_header("Location", self.server.options.target)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """The log has what counts."""


def subject_of(data: dict[str, Any]) -> str:
    if "order_id" in data:
        return f"order:{data['order_id']}"
    if "store_id" in data:
        return f"stock:{data['store_id']}:{data['product_id']}"
    return f"product:{data.get('product_id', '')}"


def number_of(data: dict[str, Any]) -> int | None:
    """The price of a product, which the load only raises, by 1 in each transaction."""
    return int(float(data["price"])) if "price" in data else None


if __name__ == "__main__":
    Receiver(Options(**json.loads(sys.argv[1]))).serve_forever()
