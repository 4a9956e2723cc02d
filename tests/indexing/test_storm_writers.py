"""The writers of a storm tolerate each other."""

import pytest

from stores.models import Inventory, Store
from tests.indexing.storm import Storm, fill


class StocksDeletedProducts(Storm):
    """Adds stock of a product that another writer has just deleted. PostgreSQL refuses it at the commit."""

    def __dir__(self) -> list[str]:
        return ["do_stock_deleted_product"]

    def do_stock_deleted_product(self) -> None:
        Inventory.objects.create(product_id=max(self.ids) + 1, store=Store.objects.all()[0], quantity=1)


@pytest.mark.usefixtures("transactional_db")
def test_change_that_another_writer_made_impossible_is_ignored_and_not_counted() -> None:
    fill(1)

    assert StocksDeletedProducts(seed=1).run(seconds=0.1) == 0
