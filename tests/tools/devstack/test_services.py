"""PostgreSQL, Redis and OpenSearch work, survive kill -9, and can be paused."""

import json
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from redis import Redis as Client

from tools.devstack.services import OpenSearch, Postgres, Redis, State, running_together

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("devstack")]


@pytest.fixture
def postgres(state: State) -> Iterator[Postgres]:
    with running_together(postgres := Postgres(state)):
        yield postgres


@pytest.fixture
def opensearch(state: State) -> Iterator[OpenSearch]:
    opensearch = OpenSearch(state)
    opensearch.start()
    yield opensearch
    opensearch.stop()


def query(postgres: Postgres, sql: str) -> object:
    with closing(psycopg2.connect(postgres.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def send(url: str, method: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=20) as response:
        answer: dict[str, object] = json.load(response)
    return answer


def test_postgres_keeps_committed_rows_when_it_is_killed(postgres: Postgres) -> None:
    assert query(postgres, "CREATE TABLE questions AS SELECT 42 AS answer; SELECT answer FROM questions") == (42,)

    postgres.kill()
    assert not postgres.answers()
    postgres.start()

    assert query(postgres, "SELECT answer FROM questions") == (42,)


def test_postgres_refuses_a_wrong_password(postgres: Postgres) -> None:
    stranger = postgres.url.replace(postgres.state.password("postgres"), "guessed")

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(stranger)


def test_paused_postgres_does_not_answer_until_it_is_resumed(postgres: Postgres) -> None:
    postgres.pause()
    assert (postgres.running, postgres.answers()) == (True, False)

    postgres.resume()

    assert postgres.answers()


def test_redis_is_empty_after_a_restart(redis: Redis) -> None:
    Client.from_url(redis.url).set("a", "b")

    redis.restart()

    assert Client.from_url(redis.url).keys() == []


def test_a_service_that_runs_is_not_started_twice(redis: Redis) -> None:
    pid = redis.process.pid

    Redis(redis.state).start()

    assert redis.process.pid == pid


def test_a_restarted_service_keeps_its_address(redis: Redis) -> None:
    url = redis.url

    redis.restart()

    assert redis.url == url


def test_a_service_moves_when_another_program_has_taken_its_port(redis: Redis) -> None:
    redis.stop()
    with socket.create_server(("127.0.0.1", redis.state.port("redis"))):
        redis.start()

        assert redis.answers()


def test_two_stacks_share_nothing(redis: Redis) -> None:
    other = Redis(State.throwaway())
    try:
        other.start()
        assert other.state.port("redis") != redis.state.port("redis")
        assert other.state.password("redis") != redis.state.password("redis")
    finally:
        other.stop()
        other.state.remove()

    assert redis.answers()


def test_opensearch_builds_the_analysers_that_search_needs(opensearch: OpenSearch) -> None:
    analysis = {
        "filter": {
            "edge": {"type": "edge_ngram", "min_gram": 3, "max_gram": 20},
            "synonyms": {"type": "synonym_graph", "synonyms": ["laptop, notebook"]},
        },
        "analyzer": {
            "prefix": {"tokenizer": "standard", "filter": ["lowercase", "edge"]},
            "words": {"tokenizer": "standard", "filter": ["lowercase", "synonyms"]},
        },
    }
    name = {"type": "text", "analyzer": "prefix", "search_analyzer": "words"}
    body = {"settings": {"analysis": analysis}, "mappings": {"properties": {"name": name}}}

    answer = send(f"{opensearch.url}/products", "PUT", body)

    assert answer == {"acknowledged": True, "shards_acknowledged": True, "index": "products"}


@pytest.mark.faults
def test_a_cluster_still_serves_when_its_first_node_is_killed(state: State) -> None:
    cluster = OpenSearch(state, nodes=3)
    try:
        cluster.start()
        send(f"{cluster.nodes[1].url}/products", "PUT", {"settings": {"number_of_replicas": 1}})
        send(f"{cluster.nodes[1].url}/products/_doc/1?wait_for_active_shards=2&refresh=true", "PUT", {"name": "lamp"})

        cluster.nodes[0].kill()

        found = send(f"{cluster.nodes[1].url}/products/_count", "GET")
        assert found["count"] == 1
        cluster.start()
        assert send(f"{cluster.nodes[2].url}/_cluster/health", "GET")["number_of_nodes"] == 3
    finally:
        cluster.stop()
