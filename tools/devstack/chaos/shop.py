"""The shop over HTTP, as its customers use it, with the time of every response."""

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import urllib3

NO_ANSWER = 0
CREATED, CONFLICT, SERVER_ERROR = 201, 409, 500  # HTTP
TIMEOUT = 10.0  # seconds; far above the time of any response


class Response(NamedTuple):
    """`status` is NO_ANSWER when the connection failed or TIMEOUT passed."""

    status: int
    seconds: float
    body: Any

    @property
    def good(self) -> bool:
        """A result, or a rejected order."""
        return 200 <= self.status < 300 or self.status == CONFLICT  # noqa: PLR2004 - HTTP's classes

    @property
    def order(self) -> tuple[str, str] | None:
        """The id and status of the order in the response, confirmed or rejected."""
        body = self.body if isinstance(self.body, dict) else {}
        order = body if self.status == CREATED else body.get("order")
        return (order["id"], order["status"]) if order else None


class Shop:
    """One client, without retries. It keeps connections open, as browsers do."""

    def __init__(self, url: str, *, token: str = "") -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Token {token}"} if token else {}
        self._pool = urllib3.PoolManager(maxsize=4, retries=False, timeout=urllib3.Timeout(total=TIMEOUT))

    def search(self, words: str = "", **parameters: str | int) -> Response:
        return self.get("/search/products/", {"q": words, **parameters})

    def suggest(self, prefix: str) -> Response:
        return self.get("/search/suggest/", {"q": prefix})

    def search_several(self, *searches: Mapping[str, Any]) -> Response:
        return self._send_json("POST", "/search/multi/", {"searches": searches}, {})

    def page(self, path: str = "/search/", **parameters: str | int) -> Response:
        return self.get(path, parameters, accept="text/html")

    def health(self) -> Response:
        return self.get("/health/ready", {})

    def order(
        self, store_id: int, lines: Mapping[int, int], *, key: str = "", email: str = "", expected_total: str = ""
    ) -> Response:
        """Order products; `lines` maps product ids to quantities."""
        items = [{"product_id": product_id, "quantity": quantity} for product_id, quantity in lines.items()]
        options = {"email": email, "expected_total": expected_total}
        body = {"store_id": store_id, "items": items, **{name: value for name, value in options.items() if value}}
        return self._send_json("POST", "/orders/", body, {"Idempotency-Key": key} if key else {})

    def change_stock(self, store_id: int, product_id: int, change: Mapping[str, Any]) -> Response:
        return self._send_json("PATCH", f"/stores/{store_id}/inventory/{product_id}/", change, {})

    def get(self, path: str, parameters: Mapping[str, str | int], *, accept: str = "application/json") -> Response:
        fields = {name: str(value) for name, value in parameters.items()}
        return self._send("GET", path, {"Accept": accept}, fields=fields)

    def _send_json(self, method: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
        return self._send(method, path, {"Content-Type": "application/json", **headers}, body=json.dumps(body))

    def _send(self, method: str, path: str, headers: Mapping[str, str], **options: Any) -> Response:
        began = time.monotonic()
        try:
            response = self._pool.request(method, self._url + path, headers={**self._headers, **headers}, **options)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Response(NO_ANSWER, time.monotonic() - began, str(error))
        body = response.json() if "json" in response.headers.get("Content-Type", "") else response.data.decode()
        return Response(response.status, time.monotonic() - began, body)
