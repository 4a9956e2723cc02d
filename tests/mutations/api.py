"""Safeguards of the API: who sends a request, how much it may hold, and what stays of it."""

from tests.mutations.mutation import Edit, Mutation

MUTATIONS = [
    Mutation(
        "old-cursor-frees-no-slot",
        Edit(
            "search_api/engine/cursor_budget.py",
            "    if cache.get(slot) == value:\n        cache.delete(slot)",
            "    cache.delete(slot)",
        ),
        tests=["tests/search_api/test_cursor_budget.py"],
    ),
    Mutation(
        "cursor-budget",
        Edit("search_api/engine/pages.py", "slot = cursor_budget.take(caller)", 'slot = f"cursor:{caller}"'),
        tests=["tests/search_api/test_cursor_budget.py"],
    ),
    Mutation(
        "view-closed-on-the-last-page",
        Edit("search_api/engine/pages.py", '        client.close_point_in_time(attempt.answer["pit_id"])\n', ""),
        tests=["tests/search_api/test_cursor_budget.py"],
    ),
    Mutation(
        "view-of-a-page-that-failed-closed",
        Edit(
            "search_api/engine/pages.py",
            "            client.close_point_in_time(position.point_in_time)\n",
            "            pass\n",
        ),
        tests=["tests/search_api/test_cursor_budget.py::test_second_page_that_fails_closes_its_view"],
    ),
    Mutation(
        "slot-of-a-page-that-failed-freed",
        Edit("search_api/engine/pages.py", "if is_new or isinstance(error", "if isinstance(error"),
        tests=["tests/search_api/test_cursor_budget.py::test_second_page_that_fails_closes_its_view"],
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
        "price-not-above-the-expected-one",
        Edit("orders/placing.py", "FROM verdict WHERE known AND NOT dearer\n", "FROM verdict WHERE known\n"),
        tests=["tests/orders/test_expected_total.py"],
    ),
    Mutation(
        "storefront-sends-the-total-that-it-showed",
        Edit("storefront/views/checkout.py", 'expected_total=form.cleaned_data["total"]', "expected_total=None"),
        tests=["tests/storefront/test_checkout.py"],
    ),
    Mutation(
        "guest-order-opened-by-its-token",
        Edit(
            "orders/guests.py",
            "return is_guests and secrets.compare_digest(digest_of(token), order.access_digest)",
            "return is_guests",
        ),
        tests=["tests/orders/test_guests.py"],
    ),
    Mutation(
        "key-of-a-guest-is-unguessable",
        Edit(
            "foundation/idempotency.py", "if len(key) < GUEST_LENGTH or len(set(key)) < GUEST_DISTINCT:", "if not key:"
        ),
        tests=["tests/orders/test_guests.py"],
    ),
    Mutation(
        "guest-order-limited",
        Edit("orders/guests.py", "    if errors:\n        raise InvalidOrderError(errors)\n", ""),
        tests=["tests/orders/test_guests.py"],
    ),
    Mutation(
        "confirmations-limited",
        Edit("orders/guests.py", "        raise TooManyConfirmationsError\n", "        return\n"),
        tests=["tests/orders/test_guests.py"],
    ),
    Mutation(
        "route-logged-and-no-path",
        Edit("backend/middleware.py", 'where = NO_ROUTE if route is None else f"/{route}"', "where = request.path"),
        tests=["tests/backend/test_logs.py"],
    ),
    Mutation(
        "refused-requests-not-logged-with-their-query",
        Edit("backend/observability/logs.py", '    "django.security": "CRITICAL",\n', ""),
        tests=["tests/backend/test_logs.py"],
    ),
    Mutation(
        "schema-made-once",
        Edit("backend/api/schema.py", "@functools.cache\ndef document", "@functools.lru_cache(0)\ndef document"),
        tests=["tests/backend/test_authorization.py"],
    ),
    Mutation(
        "depth-of-bodies-limited",
        Edit("backend/api/parsers.py", "_is_deeper_than(MOST_NESTED, data)", "False"),
        tests=["tests/backend/test_errors.py"],
    ),
    Mutation(
        "malformed-chunks-refused",
        Edit("backend/middleware.py", "(OSError, ParseException)", "OSError"),
        tests=["tests/backend/test_request_bodies.py"],
    ),
    Mutation(
        "addresses-counted-by-digest",
        Edit("foundation/callers.py", 'f"address:{_digest(found)}"', 'f"address:{found}"'),
        tests=["tests/backend/test_personal_data.py"],
    ),
    Mutation(
        "private-queries-not-logged",
        Edit("search_api/analytics/search_log.py", "or is_private(request.q) or", "or"),
        tests=["tests/backend/test_personal_data.py"],
    ),
    Mutation(
        "private-completions-not-cached",
        Edit("search_api/services.py", "    if is_private(request.q):\n        return None\n", ""),
        tests=["tests/backend/test_personal_data.py"],
    ),
    Mutation(
        "erasure-reaches-orders",
        Edit("backend/personal_data.py", '.update(email="", access_digest="")', '.update(access_digest="")'),
        tests=["tests/backend/test_personal_data.py"],
    ),
    Mutation(
        "claimed-address-reaches-no-order-of-a-guest",
        Edit(
            "backend/personal_data.py",
            "Q(address=self.email.lower())",
            "Q(address=(self.email or self.user.email).lower())",
        ),
        tests=["tests/backend/test_personal_data.py"],
    ),
    Mutation(
        "names-in-another-case-wait-for-each-other",
        Edit("backend/accounts.py", "hashtext(upper(%s))", "hashtext(%s)"),
        tests=["tests/backend/test_accounts.py"],
    ),
    Mutation(
        "user-name-is-not-the-address-of-another",
        Edit("backend/personal_data.py", " or (named and (accounts or orders.exclude(customer=named).exists()))", ""),
        tests=["tests/backend/test_personal_data.py"],
    ),
    Mutation(
        "address-stays-until-the-confirmation-is-sent",
        Edit("orders/retention.py", "old.exclude(to_be_sent)", "old"),
        tests=["tests/backend/test_personal_data.py"],
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
    Mutation(
        "only-the-api-is-open-to-other-origins",
        Edit("backend/settings.py", "CORS_URLS_REGEX = CROSS_ORIGIN\n", ""),
        tests=["tests/backend/test_cors.py"],
    ),
    Mutation(
        "other-origins-send-no-cookies",
        Edit(
            "backend/settings.py",
            "CORS_URLS_REGEX = CROSS_ORIGIN\n",
            "CORS_URLS_REGEX = CROSS_ORIGIN\nCORS_ALLOW_CREDENTIALS = True\n",
        ),
        tests=["tests/backend/test_cors.py"],
    ),
    Mutation(
        "origin-matches-to-its-end",
        Edit("foundation/origins.py", '}\\Z"', '}"'),
        tests=["tests/backend/test_cors.py"],
    ),
    Mutation(
        "request-id-of-the-client-well-formed",
        Edit("backend/middleware.py", "if not REQUEST_ID.fullmatch(request_id):", "if not request_id:"),
        tests=["tests/backend/test_logs.py"],
    ),
    Mutation(
        "window-ends",
        Edit("backend/api/throttles.py", "    redis.call('expire', KEYS[1], ARGV[1])\n", ""),
        tests=["tests/backend/test_throttles.py"],
    ),
    Mutation(
        "etag-ends-with-the-generation",
        Edit("search_api/http_cache.py", "        index_generation,\n", ""),
        tests=["tests/search_api/test_http_cache.py"],
    ),
    Mutation(
        "exact-quantities-are-not-stored-by-proxies",
        Edit("search_api/services.py", "        response.freshness = None\n", ""),
        tests=["tests/search_api/test_http_cache.py"],
    ),
    Mutation(
        "etag-is-confirmed-for-minutes",
        Edit("search_api/http_cache.py", ' and now - int(etag["made_at"]) < CONFIRMED_SECONDS', ""),
        tests=["tests/search_api/test_http_cache.py"],
    ),
    Mutation(
        "secrets-are-not-compressed",
        Edit("backend/middleware.py", "not is_public or not is_json or", "not is_json or"),
        tests=["tests/backend/test_compression.py"],
    ),
    Mutation(
        "publishable-key-for-searches-only",
        Edit("backend/api/keys.py", "if request.path_info not in SEARCH_PATHS:", "if not request.path_info:"),
        tests=["tests/backend/test_api_keys.py"],
    ),
    Mutation(
        "key-bound-to-its-origins",
        Edit("backend/api/keys.py", "if key.origins and not origins.allows(key.origins, origin):", "if not key:"),
        tests=["tests/backend/test_api_keys.py"],
    ),
    Mutation(
        "address-of-a-shopper-believed-from-servers-only",
        Edit(
            "backend/api/keys.py",
            "_of_server(request) if key.is_server else _of_page(request, key)",
            "_of_page(request, key) or _of_server(request)",
        ),
        tests=["tests/backend/test_api_keys.py"],
    ),
    Mutation(
        "abusive-caller-leaves-the-key-to-others",
        Edit("backend/api/throttles.py", "if any(usage and usage.wait is not None for usage in counted):", "if False:"),
        tests=["tests/backend/test_api_keys.py"],
    ),
    Mutation(
        "revoked-key-ends",
        Edit("api_keys/selectors.py", "ApiKey.objects.filter(revoked_at=None)", "ApiKey.objects.all()"),
        tests=["tests/backend/test_api_keys.py"],
    ),
    Mutation(
        "type-of-a-problem-is-stable",
        Edit("backend/api/problem_types.py", ".lower()\n\n\ndef code_of_status", "\n\n\ndef code_of_status"),
        tests=["tests/backend/test_problem_types.py"],
    ),
    Mutation(
        "published-operations-keep-their-names",
        Edit("backend/api/operations.py", '("get", "/stores/"): "listStores"', '("get", "/stores/"): "stores"'),
        tests=["tests/backend/test_schema_changes.py"],
    ),
]
