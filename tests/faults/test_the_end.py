"""Recovery that takes minutes; files run in alphabetical order, so this one is the last."""

import pytest

from tests.faults.conftest import Trial, eventually

pytestmark = pytest.mark.faults


def test_every_confirmation_is_sent(trial: Trial) -> None:
    """A killed worker has claimed its confirmation for minutes, so that it is not sent twice.

    The test ends that time.
    """
    trial.system.audit.rows("UPDATE orders_order SET confirmation_due_at = NULL WHERE confirmation_sent_at IS NULL")
    eventually(lambda: trial.system.audit.unsent_confirmations() == 0)
