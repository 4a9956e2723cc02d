"""The writers of a storm expect each other."""

import pytest

from stores.models import Inventory, Store
from tests.indexing.storm import Storm, fill


class StocksWhatIsGone(Storm):
    """Makes nothing but stock of a product that another writer has just deleted; PostgreSQL says so at the commit."""

    def __dir__(self) -> list[str]:
        return ["do_stock_what_is_gone"]

    def do_stock_what_is_gone(self) -> None:
        Inventory.objects.create(product_id=max(self.ids) + 1, store=Store.objects.all()[0], quantity=1)


@pytest.mark.usefixtures("transactional_db")
def test_a_change_that_another_writer_made_impossible_is_no_error_and_does_not_count() -> None:
    fill(1)

    assert StocksWhatIsGone(seed=1).rage(seconds=0.1) == 0
