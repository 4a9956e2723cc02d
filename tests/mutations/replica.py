"""What keeps reads from the standby recent, and no sale waiting for them."""

from tests.mutations.mutation import Edit, Mutation

REPLICA = "foundation/replica.py"
TESTS = "tests/faults/test_standby.py"
SALE = f"{TESTS}::test_nothing_of_a_sale_is_read_from_a_standby_that_is_behind"
KILLED = f"{TESTS}::test_killed_standby_costs_no_request_its_answer"
HANGING = f"{TESTS}::test_hanging_standby_costs_no_request_its_answer"

MUTATIONS = [
    Mutation(
        "only-what-is-named-is-late",
        Edit(REPLICA, "return alias_for_reads()", "return ALIAS"),
        tests=[SALE],
    ),
    Mutation(
        "cached-quantities-from-the-primary",
        Edit("stores/selectors.py", "import connection_for_reads\n", "import connection_for_reads, may_be_late\n"),
        Edit("stores/selectors.py", "def quantities(", "@may_be_late\ndef quantities("),
        tests=[SALE],
    ),
    Mutation(
        "check-at-the-button-from-the-primary",
        Edit("storefront/selectors.py", "def sellable_now(", "@may_be_late\ndef sellable_now("),
        tests=[SALE],
    ),
    Mutation(
        "basket-from-the-primary",
        Edit("storefront/selectors.py", "def basket_content(", "@may_be_late\ndef basket_content("),
        tests=[SALE],
    ),
    Mutation(
        "lists-of-staff-from-the-primary",
        Edit("foundation/public_lists.py", "super().list if request.user.is_authenticated else ", ""),
        tests=[SALE],
    ),
    Mutation(
        "no-read-beyond-the-lag",
        Edit(REPLICA, "self.behind <= settings.DATABASE_REPLICA_LAG and", "math.isfinite(self.behind) and"),
        Edit(REPLICA, "if behind > settings.DATABASE_REPLICA_LAG:", "if not math.isfinite(behind):"),
        tests=[f"{TESTS}::test_standby_that_is_behind_is_not_read"],
    ),
    Mutation(
        "failed-read-runs-again",
        Edit(
            REPLICA,
            "                connections[ALIAS].close()\n",
            "                connections[ALIAS].close()\n                raise\n",
        ),
        tests=[KILLED],
    ),
    Mutation(
        "hanging-standby-is-cut-off",
        Edit(REPLICA, "            self._cut_off()\n", ""),
        tests=[HANGING],
    ),
    Mutation(
        "transaction-reads-from-the-primary",
        Edit(REPLICA, " or connections[DEFAULT_DB_ALIAS].in_atomic_block", ""),
        tests=[f"{TESTS}::test_transaction_reads_from_the_primary"],
    ),
    Mutation(
        "only-a-standby-is-read",
        Edit(REPLICA, 'raise ReplicaError("DATABASE_REPLICA_URL names no standby")', "replayed = written"),
        tests=[f"{TESTS}::test_server_that_is_no_standby_is_not_read"],
    ),
]
