"""The production web server on the test's own database: several processes, real HTTP."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

import psutil
from django.db import connection

from tools.devstack.services import State, Web


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when the connection broke before the answer."""

    status: int
    body: Any


class Client:
    """Opens a connection for each request, so that any process of the server may get it."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Token {token}"} if token else {})

    def post(self, path: str, body: Any = None, *, key: str = "", order_token: str = "") -> Answer:
        extra = {"Idempotency-Key": key, "Order-Token": order_token}
        headers = self._headers | {name: value for name, value in extra.items() if value}
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=60)) as connection:
            try:
                connection.request("POST", path, json.dumps(body), headers)
                response = connection.getresponse()
                return Answer(response.status, json.loads(response.read()))
            except (HTTPException, OSError):
                return Answer(0, None)


@contextmanager
def web_server(*, processes: int = 3, database_url: str = "", **settings: str) -> Iterator[Web]:
    """Gunicorn with the settings module of production; stopped at the end."""
    state = State.throwaway()
    web = Web(state, _environment(processes, database_url or database_url_of_test(), settings))
    try:
        web.start()
        yield web
    finally:
        web.stop()
        state.remove()


def _environment(processes: int, database_url: str, settings: Mapping[str, str]) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "WEB_WORKERS": str(processes),
        "WEB_THREADS": "6",
        "EMAIL_URL": "dummymail://",
        **settings,
    }


def database_url_of_test() -> str:
    """The URL of the test's database."""
    where = connection.settings_dict
    login = f"{quote(where['USER'])}:{quote(where['PASSWORD'])}"
    return f"postgres://{login}@{where['HOST']}:{where['PORT']}/{where['NAME']}"


def worker_processes(web: Web) -> list[psutil.Process]:
    """The processes that answer requests."""
    return psutil.Process(web.process.pid).children()
