"""PostgreSQL and Redis work, survive kill -9, and can be paused. OpenSearch: `tests/faults/test_cluster.py`."""

import socket
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from redis import Redis as Client

from tools.devstack.services import Postgres, Redis, State, running_together

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("devstack")]


@pytest.fixture
def postgres(state: State) -> Iterator[Postgres]:
    with running_together(postgres := Postgres(state)):
        yield postgres


def query(postgres: Postgres, sql: str) -> object:
    with closing(psycopg2.connect(postgres.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


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
