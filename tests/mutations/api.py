"""Safeguards of the API: who sends a request, how much it may hold, and what stays of it."""

from tests.mutations.mutation import Edit, Mutation

MUTATIONS = [
    Mutation(
        "cursor-budget",
        Edit("search_api/engine/pages.py", "slot = cursor_budget.take(caller)", 'slot = f"cursor:{caller}"'),
        tests=["tests/search_api/test_cursor_budget.py"],
    ),
    Mutation(
        "view-closed-on-the-last-page",
        Edit("search_api/engine/pages.py", '        client.close_point_in_time(answer["pit_id"])\n', ""),
        tests=["tests/search_api/test_cursor_budget.py"],
    ),
    Mutation(
        "unknown-parameters-refused",
        Edit("foundation/parameters.py", "        if errors:\n            raise ValidationError(errors)\n", ""),
        tests=["tests/backend/test_query_parameters.py"],
    ),
    Mutation(
        "unusable-authorization-refused",
        Edit("backend/settings.py", '    "backend.middleware.TokenCallers",\n', ""),
        tests=["tests/backend/test_authorization.py"],
    ),
    Mutation(
        "chunked-bodies-bounded",
        Edit("backend/middleware.py", '["wsgi.input"].read(limit + 1)', '["wsgi.input"].read(limit)'),
        tests=["tests/backend/test_request_bodies.py"],
    ),
    Mutation(
        "refusal-is-no-outage",
        Edit(
            "search_api/engine/client.py",
            "isinstance(error, TransportError) and error.status_code in UNAVAILABLE\n    )",
            "isinstance(error, TransportError) and error.status_code >= TOO_MANY\n    )",
        ),
        tests=["tests/search_api/test_cursor_budget.py"],
    ),
]
