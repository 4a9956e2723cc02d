r"""Removes one safeguard at a time, and checks that a test fails without it.

    python -m tests.mutations                 every mutation
    python -m tests.mutations orders          those of one module of this folder
    python -m tests.mutations stock-lock ...  some, by name

It uses the services that DATABASE_URL, REDIS_URL and OPENSEARCH_URL name, or throw-away ones. The
checkout does not change: each mutation is made in a copy. First the tests run on an unchanged copy,
where all must pass. The exit code is 0 when every mutation made a test fail.

To add mutations, put a module in this folder with a list `MUTATIONS`:

    MUTATIONS = [
        Mutation(
            "stock-lock",                                   # unique; names the safeguard
            Edit("stores/locks.py", "    FOR UPDATE\n", ""),  # the text must occur in the file exactly once
            tests=["tests/orders/test_races.py"],           # at least one of these must fail
        ),
    ]

Several edits make one mutation: they are applied one after the other. Name the fewest tests that
fail, because each mutation runs all of its tests until the first failure. A mutation that breaks an
import or the SQL proves nothing: the changed code must still run. `tests/tools/test_mutations.py`
checks that every mutation still applies.
"""
