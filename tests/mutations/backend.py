"""What keeps the web server serving, and the workers working."""

from tests.mutations.mutation import Edit, Mutation

WEB = "tests/backend/test_web_worker.py"
CACHE = "tests/backend/test_cache.py"
FULL_REDIS = "tests/faults/test_redis.py::test_redis_that_refuses_to_write_fails_no_request"

SUB_PATH = "tests/backend/test_sub_path.py"
WRONG_SETTINGS = "tests/backend/test_environment.py::test_wrong_value_stops_the_start_and_is_named"
PASSWORDS = "tests/backend/test_environment.py::test_passwords_are_not_repeated"

MUTATIONS = [
    Mutation(
        "migration-drops-nothing-in-use",
        Edit("tools/devstack/migrations.py", "_DROP.findall(str(operation.sql))", '_DROP.findall("")'),
        tests=["tests/backend/test_migrations.py::test_drops_and_rewrites_are_found"],
    ),
    Mutation(
        "misspelt-switch-stops-the-start",
        Edit("backend/environment.py", "SWITCHES[text.lower()]", "SWITCHES.get(text.lower(), False)"),
        tests=[WRONG_SETTINGS],
    ),
    Mutation(
        "number-out-of-range-stops-the-start",
        Edit("backend/environment.py", " and least <= int(text) <= most", ""),
        tests=[WRONG_SETTINGS],
    ),
    Mutation(
        "refusal-hides-passwords",
        Edit(
            "backend/environment.py", '_refusal(name, allowed, text if shown else "")', "_refusal(name, allowed, text)"
        ),
        tests=[PASSWORDS],
    ),
    Mutation(
        "lock-of-a-name-holds-for-an-ipv6-network",
        Edit(
            "backend/api/sign_in.py",
            'callers.network(request.META.get("REMOTE_ADDR", "")) or UNKNOWN_ADDRESS',
            'str(request.META.get("REMOTE_ADDR", ""))',
        ),
        tests=["tests/backend/test_sign_in.py"],
    ),
    Mutation(
        "request-waits-until-the-response-before-it-is-read",
        Edit("backend/http_buffer.py", "        if self._unsent:\n            return False\n", ""),
        tests=["tests/backend/test_http_buffer.py"],
    ),
    Mutation(
        "inactive-account-gets-no-code",
        Edit("backend/accounts.py", "filter(pk=user_id, is_active=True)", "filter(pk=user_id)"),
        tests=["tests/backend/test_accounts.py"],
    ),
    Mutation(
        "code-of-an-inactive-account-is-refused",
        Edit("backend/accounts.py", "is_active=True, is_staff=False", "is_staff=False"),
        tests=["tests/backend/test_accounts.py"],
    ),
    Mutation(
        "old-password-makes-no-token-during-a-reset",
        Edit("backend/api/sign_in.py", "filter(pk=user.pk, password=user.password,", "filter(pk=user.pk,"),
        tests=["tests/backend/test_sign_in.py"],
    ),
    Mutation(
        "lock-of-a-name-says-when-it-ends",
        Edit("backend/api/sign_in.py", "if left < settings.AXES_FAILURE_LIMIT:", "if not left:"),
        tests=["tests/backend/test_sign_in.py::test_lock_says_when_it_ends"],
    ),
    Mutation(
        "worker-connects-again-to-a-full-redis",
        Edit(
            "backend/settings.py",
            "CELERY_BROKER_CHANNEL_ERROR_RETRY = True",
            "CELERY_BROKER_CHANNEL_ERROR_RETRY = False",
        ),
        tests=[FULL_REDIS],
    ),
    Mutation(
        "worker-outlives-a-killed-redis",
        Edit("backend/celery/application.py", '    amqp_cls = "backend.celery.connection:LastingAMQP"\n', ""),
        tests=["tests/faults/test_redis.py::test_worker_outlives_redis_that_is_killed_while_a_task_runs"],
    ),
    Mutation(
        "full-redis-opens-no-circuit",
        Edit("backend/redis.py", " and not isinstance(error.__cause__, ResponseError)", ""),
        tests=[FULL_REDIS],
    ),
    Mutation(
        "full-redis-loses-the-old-value",
        Edit("backend/cache.py", "super().delete(key, version=version)", "pass"),
        tests=[CACHE],
    ),
    Mutation(
        "uploads-under-a-path",
        Edit("backend/settings.py", 'default=f"{SCRIPT_NAME}/media/"', 'default="/media/"'),
        tests=[SUB_PATH],
    ),
    Mutation(
        "private-under-a-path",
        Edit(
            "backend/middleware.py", 'request.path_info.startswith("/orders/")', 'request.path.startswith("/orders/")'
        ),
        tests=[SUB_PATH],
    ),
    Mutation(
        "thread-gets-a-whole-request",
        Edit("backend/web_worker.py", "if state is State.COMPLETE:", "if state is not State.CLOSED:"),
        tests=[WEB],
    ),
    Mutation(
        "slow-reader-takes-no-thread",
        Edit("backend/http_buffer.py", "if len(self._unsent) > STREAM_LIMIT:", "if len(self._unsent) > 0:"),
        Edit(
            "backend/http_buffer.py",
            "while len(self._unsent) > STREAM_LIMIT // 2:",
            "while len(self._unsent) > 0:",
        ),
        tests=[WEB],
    ),
    Mutation(
        "slow-request-ends",
        Edit("backend/web_worker.py", "conn for conn in self._slow if conn.is_overdue(now)", "conn for conn in ()"),
        tests=[WEB],
    ),
    Mutation(
        "slow-client-makes-room",
        Edit("backend/web_worker.py", "if self.nr_conns >= self.worker_connections:", "if self.nr_conns < 0:"),
        tests=[f"{WEB}::test_the_oldest_waiting_client_makes_room_for_a_new_one"],
    ),
    Mutation(
        "connection-is-counted-out-once",
        Edit("backend/web_worker.py", "if conn.is_closed:", "if False:"),
        tests=[f"{WEB}::test_clients_that_closed_their_side_and_read_nothing_are_counted_out_once"],
    ),
    Mutation(
        "both-agree-on-the-end-of-a-request",
        Edit("backend/web_worker.py", "keep_open and conn.sock.is_drained and not", "keep_open and not"),
        tests=[WEB],
    ),
]
