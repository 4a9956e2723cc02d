r"""Do the tests notice? Takes out one safeguard at a time and runs the tests that must then fail.

    python -m tests.mutations                 every mutation
    python -m tests.mutations orders          those of one module of this folder
    python -m tests.mutations stock-lock ...  some, by name

It uses the services that DATABASE_URL, REDIS_URL and OPENSEARCH_URL name, or throw-away ones. The checkout is not
touched: each mutation is made in a copy. First the tests run on an unchanged copy, where all must pass. The exit code
is 0 when every mutation was noticed.

To add mutations, put a module in this folder with a list `MUTATIONS`:

    MUTATIONS = [
        Mutation(
            "stock-lock",                                   # unique; what is taken out
            Edit("stores/locks.py", "    FOR UPDATE\n", ""),  # the text must occur in the file exactly once
            tests=["tests/orders/test_races.py"],           # at least one of these must fail
        ),
    ]

Several edits make one mutation when given one after the other. Name the fewest tests that notice: each mutation
runs all of its tests until the first failure. A mutation that breaks the import or the SQL proves nothing; edit so that
the code still runs.
"""
