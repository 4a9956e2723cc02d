"""A WSGI application, without any of the project: it responds with the path, a body, or many bytes."""

from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/body":
        pieces = [environ["wsgi.input"].read()]
    elif path.startswith("/large/"):
        pieces = [b"x" * 100_000] * (int(path.removeprefix("/large/")) // 100_000)
    else:
        pieces = [path.encode()]
    start_response("200 OK", [("Content-Length", str(sum(map(len, pieces))))])
    return pieces
