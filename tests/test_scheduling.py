"""xdist sends tests of one group to one worker; it knows the group by the end of their ids."""

import pytest

pytestmark = pytest.mark.unit


@pytest.mark.xdist_group("scheduling")
def test_worker_reports_the_group_of_a_test(request: pytest.FixtureRequest) -> None:
    in_worker = hasattr(request.config, "workerinput")
    assert request.node.nodeid.endswith("@scheduling") is in_worker
