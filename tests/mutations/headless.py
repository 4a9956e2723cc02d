"""Mutations of the API for front ends of other makers: multi-search, chosen parts of answers."""

from tests.mutations.mutation import Edit, Mutation

VIEWS = "search_api/views.py"
MULTI = "tests/search_api/test_multi_search.py"
SHOP_PRODUCTS = "tests/stores/test_shop_products.py"
ACCOUNTS = "tests/backend/test_accounts.py"
SHOWN = "tests/search_api/test_shown_parts.py"

MUTATIONS = [
    Mutation(
        "stored-answers-of-a-multi-search-are-counted",
        Edit("search_api/multi_search.py", "services.shown_suggestions(lookup.answer)", "lookup.answer"),
        tests=["tests/search_api/test_answer_counts.py"],
    ),
    Mutation(
        "exact-quantities-are-confirmed",
        Edit(
            "foundation/shared_caches.py",
            '"no-cache" if "store_id" in request.GET else cache_control()',
            "cache_control()",
        ),
        tests=["tests/backend/test_shared_caches.py"],
    ),
    Mutation(
        "answers-of-the-signed-in-are-private",
        Edit("foundation/shared_caches.py", " and not callers.is_named(request)", ""),
        tests=["tests/backend/test_shared_caches.py"],
    ),
    Mutation(
        "each-search-of-several-counts",
        Edit(
            VIEWS,
            "        return Counter(SCOPES.get(_kind(search), self.throttle_scope) for search in searches)\n",
            "        return {self.throttle_scope: 1}\n",
        ),
        tests=[f"{MULTI}::test_every_search_counts_against_the_limit"],
    ),
    Mutation(
        "unreadable-bodies-count",
        Edit(
            VIEWS,
            "            self.unreadable = error  # it is not raised a second time\n            body = None\n",
            "            raise\n",
        ),
        tests=[f"{MULTI}::test_unreadable_body_is_refused_and_counted"],
    ),
    Mutation(
        "slow-search-of-several-stops-alone",
        Edit(
            "search_api/engine/client.py",
            'return [None if "error" in answer or answer["timed_out"] else answer for answer in answers]',
            'return [None if "error" in answer else answer for answer in answers]',
        ),
        tests=[f"{MULTI}::test_search_that_is_slow_or_refused_costs_the_others_nothing"],
    ),
    Mutation(
        "one-round-trip",
        Edit(
            "search_api/engine/relaxation.py",
            "attempt = first if first.answer else first.sent()",
            "attempt = first.sent()",
        ),
        tests=[f"{MULTI}::test_first_requests_of_all_take_one_round_trip"],
    ),
    Mutation(
        "no-time-is-no-fallback",
        Edit(
            "search_api/multi_search.py",
            "open_searches[place].degraded() if time.monotonic() < ends_at else NoTimeLeftError()",
            "open_searches[place].degraded()",
        ),
        tests=[f"{MULTI}::test_search_that_others_leave_no_time_for_is_a_problem_of_its_own"],
    ),
    Mutation(
        "searches-of-several-fail-alone",
        Edit(
            "search_api/multi_search.py",
            "    except Exception as error:  # noqa: BLE001 - the caller judges it\n        outcomes[place] = error\n",
            "    except EngineUnavailableError as error:\n        outcomes[place] = error\n",
        ),
        tests=[
            f"{MULTI}::test_unexpected_error_in_one_search_costs_the_others_nothing",
            f"{MULTI}::test_search_that_cannot_be_prepared_costs_the_others_nothing",
        ],
    ),
    Mutation(
        "unasked-facets-are-not-counted",
        Edit(
            "search_api/engine/request_body.py",
            "counted = {facet: inner for facet, inner in counted.items() if facet in request.facets}",
            "counted = dict(counted)",
        ),
        tests=[f"{SHOWN}::test_facet_that_is_left_out_is_not_counted"],
    ),
    Mutation(
        "filters-are-counted-for-relaxation",
        Edit(
            "search_api/engine/request_body.py",
            "counted = {**dict.fromkeys(filters, NOTHING), **counted}",
            "counted = dict(counted)",
        ),
        tests=[f"{SHOWN}::test_search_is_relaxed_alike_with_and_without_facets"],
    ),
    Mutation(
        "hidden-attributes-are-not-retrieved",
        Edit("search_api/selectors.py", "return self.shown or self.filterable", "return True"),
        tests=[f"{SHOWN}::test_hits_have_the_attributes_that_are_chosen"],
    ),
    Mutation(
        "recorded-values-are-private",
        Edit(
            "products/representation.py",
            '            "id": product.pk,\n            **{name: value for',
            "            **representation(product),\n            **{name: value for",
        ),
        tests=[f"{SHOP_PRODUCTS}::test_product_has_what_anybody_may_read_and_nothing_else"],
    ),
    Mutation(
        "attributes-for-staff-are-private",
        Edit("products/specifications.py", ".filter(Q(shown=True) | Q(filterable=True))", ".filter(Q())"),
        tests=[f"{SHOP_PRODUCTS}::test_product_has_what_anybody_may_read_and_nothing_else"],
    ),
    Mutation(
        "hidden-products-are-in-no-batch",
        Edit(
            "products/selectors.py",
            "found = Product.objects.searchable().filter(Q(pk__in=ids)",
            "found = Product.objects.filter(Q(pk__in=ids)",
        ),
        tests=[f"{SHOP_PRODUCTS}::test_several_products_come_by_id_or_sku_in_the_order_of_the_request"],
    ),
    Mutation(
        "own-orders-only",
        Edit("orders/selectors.py", "Order.objects.filter(customer=customer_id)", "Order.objects.all()"),
        tests=["tests/orders/test_own_orders.py::test_own_orders_are_listed_newest_first"],
    ),
    Mutation(
        "reset-tells-nothing",
        Edit(
            "backend/tasks.py",
            "        send_reset_codes.delay(accounts.accounts_of(email))\n",
            "        found = accounts.accounts_of(email)\n"
            "        send_reset_codes.delay(found)\n"
            "        if not found:\n"
            "            raise MailUnavailableError\n",
        ),
        tests=[f"{ACCOUNTS}::test_answer_does_not_say_whether_an_address_has_an_account"],
    ),
    Mutation(
        "missing-mail-is-not-the-database's-fault",
        Edit("backend/tasks.py", "raise MailUnavailableError from error", "raise"),
        tests=[f"{ACCOUNTS}::test_mail_that_cannot_be_queued_has_a_problem_of_its_own"],
    ),
    Mutation(
        "no-reset-of-staff",
        Edit("backend/accounts.py", "get_users(email) if not user.is_staff]", "get_users(email)]"),
        tests=[f"{ACCOUNTS}::test_only_accounts_that_can_be_reset_get_mail"],
    ),
    Mutation(
        "mailbox-is-not-filled",
        Edit(
            "backend/tasks.py",
            "if not task.request.retries and not accounts.may_send_reset_codes(user_ids):",
            "if False:",
        ),
        tests=[ACCOUNTS],
    ),
]
