"""The shop as its customers meet it: over HTTP, with a stopwatch."""

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import urllib3

NO_ANSWER = 0
LIMIT = 10.0  # seconds until a caller gives up; an answer should never take nearly as long


class Answer(NamedTuple):
    """`status` is NO_ANSWER when the connection failed or LIMIT passed."""

    status: int
    seconds: float
    body: Any

    @property
    def good(self) -> bool:
        """An answer that a shopper can use: the thing asked for, or a rejected order."""
        return 200 <= self.status < 300 or self.status == 409  # noqa: PLR2004 - HTTP's own


class Shop:
    """One caller. Nothing is retried; connections are kept open, as browsers do."""

    def __init__(self, url: str, *, token: str = "") -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Token {token}"} if token else {}
        self._pool = urllib3.PoolManager(maxsize=4, retries=False, timeout=urllib3.Timeout(total=LIMIT))

    def search(self, words: str = "", **parameters: str | int) -> Answer:
        return self.get("/search/products/", {"q": words, **parameters})

    def suggest(self, start: str) -> Answer:
        return self.get("/search/suggest/", {"q": start})

    def page(self, path: str = "/search/", **parameters: str | int) -> Answer:
        return self.get(path, parameters, accept="text/html")

    def health(self) -> Answer:
        return self.get("/health/ready", {})

    def order(self, store_id: int, lines: Mapping[int, int], *, key: str = "", email: str = "") -> Answer:
        """Order product ids and their quantities."""
        items = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines.items()]
        headers = {"Idempotency-Key": key} if key else {}
        return self._ask("POST", "/orders/", {"store_id": store_id, "items": items, "email": email}, headers)

    def cancel(self, order_id: str) -> Answer:
        return self._ask("POST", f"/orders/{order_id}/cancel/", {}, {})

    def change_stock(self, store_id: int, product_id: int, change: Mapping[str, Any]) -> Answer:
        return self._ask("PATCH", f"/stores/{store_id}/inventory/{product_id}/", change, {})

    def get(self, path: str, parameters: Mapping[str, str | int], *, accept: str = "application/json") -> Answer:
        fields = {name: str(value) for name, value in parameters.items()}
        return self._send("GET", path, {"Accept": accept}, fields=fields)

    def _ask(self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
        sent = json.dumps({name: value for name, value in body.items() if value != ""})
        return self._send(method, path, {"Content-Type": "application/json", **headers}, body=sent)

    def _send(self, method: str, path: str, headers: Mapping[str, str], **sent: Any) -> Answer:
        started = time.monotonic()
        try:
            response = self._pool.request(method, self._url + path, headers={**self._headers, **headers}, **sent)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Answer(NO_ANSWER, time.monotonic() - started, str(error))
        body = response.json() if "json" in response.headers.get("Content-Type", "") else response.data.decode()
        return Answer(response.status, time.monotonic() - started, body)
