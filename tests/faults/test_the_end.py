"""After all other fault tests (files run in alphabetical order): what takes its time to come right."""

import pytest

from tests.faults.conftest import Trial, eventually

pytestmark = pytest.mark.faults


def test_every_confirmation_is_sent(trial: Trial) -> None:
    """Of all orders that customers were told of, whatever was broken when they were placed.

    A worker that was killed while it sent one holds it for minutes, lest it be sent twice: here they are over.
    """
    trial.system.books.rows("UPDATE orders_order SET confirmation_due_at = NULL WHERE confirmation_sent_at IS NULL")
    eventually(lambda: trial.system.books.unsent_confirmations() == 0)
