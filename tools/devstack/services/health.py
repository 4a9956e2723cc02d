"""Real round trips to the services. The checks have time-outs and never raise."""

import json
import urllib.request
from http import HTTPStatus

import psycopg2
import redis

TIMEOUT_SECONDS = 2
# Not through the proxy of the developer's environment: it cannot reach our addresses.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def postgres_answers(url: str) -> bool:
    try:
        connection = psycopg2.connect(url, connect_timeout=TIMEOUT_SECONDS)
    except psycopg2.OperationalError:
        return False
    connection.close()
    return True


def redis_answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def opensearch_answers(url: str, *, nodes: int = 1) -> bool:
    """Whether it has a cluster manager, at least `nodes` nodes, and every primary shard."""
    try:
        health = fetch_json(f"{url.split(',', maxsplit=1)[0].rstrip('/')}/_cluster/health?timeout=1s")
    except (OSError, ValueError):
        return False
    return health.get("status") in {"green", "yellow"} and int(str(health.get("number_of_nodes", 0))) >= nodes


def http_answers(url: str) -> bool:
    try:
        with _direct.open(url, timeout=TIMEOUT_SECONDS) as response:
            return bool(response.status == HTTPStatus.OK)
    except (OSError, ValueError):
        return False


def put_json(url: str, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="PUT")  # noqa: S310 - an address of our own
    with _direct.open(request, timeout=TIMEOUT_SECONDS * 10):
        pass


def fetch_json(url: str) -> dict[str, object]:
    with _direct.open(url, timeout=TIMEOUT_SECONDS) as response:
        loaded: dict[str, object] = json.load(response)
    return loaded
