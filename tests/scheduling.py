"""The order of the tests, and which of them stay in one xdist worker.

Long groups with services of their own begin first, so that none of them is left alone at the end. Tests that
roll back come before those that commit, as pytest-django has them: after a commit the database is emptied, and
the rows of the migrations are gone. What needs no service fills the gaps at the end.
"""

from collections import Counter

import pytest
from _pytest.nodeid import NodeId

# Of one kind only one test runs at a time, and what its tests share is made once.
KINDS = ("faults", "browser", "races")
NO_DATABASE, ROLLED_BACK, COMMITTED = range(3)


def arrange(items: list[pytest.Item], *, in_worker: bool) -> None:
    """Sort the tests, and name their groups in the ids that a worker of xdist reports."""
    ids = Counter(item.nodeid for item in items)
    if repeated := [nodeid for nodeid, count in ids.items() if count > 1]:
        # xdist would run one of them.
        raise pytest.UsageError(f"several tests have one id: {', '.join(repeated)}")
    groups = {item: _group(item) for item in items}
    sizes = Counter(groups.values())
    databases: dict[str | None, int] = {}
    for item, group in groups.items():
        databases[group] = max(databases.get(group, NO_DATABASE), _database(item))

    def turn(item: pytest.Item) -> tuple[int, int]:
        group = groups[item]
        if group:
            return databases[group], -sizes[group]
        return _database(item) or COMMITTED + 1, 0

    items.sort(key=turn)
    if in_worker:
        for item in items:
            if group := groups[item]:
                # xdist 3.8 sets `_nodeid`, which pytest 9.2 no longer reads: every test was a group.
                item._id = NodeId.parse(f"{item.nodeid}@{group}")  # noqa: SLF001


def _group(item: pytest.Item) -> str | None:
    if mark := item.get_closest_marker("xdist_group"):
        return str(mark.args[0])
    kind = next(filter(item.get_closest_marker, KINDS), None)
    return "races" if kind == "faults" and _database(item) else kind


def _database(item: pytest.Item) -> int:
    """What the test does with the test database."""
    mark = item.get_closest_marker("django_db")
    fixtures = set(getattr(item, "fixturenames", ()))
    if (mark and mark.kwargs.get("transaction")) or fixtures & {"transactional_db", "live_server"}:
        return COMMITTED
    return ROLLED_BACK if mark or "db" in fixtures else NO_DATABASE
