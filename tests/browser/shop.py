from decimal import Decimal

from indexing.sync import sync_due
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock, make_store


class Shop:
    """Two stores, more than one page of brass lanterns, paper lanterns of another brand, and a kettle."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.main = make_store(
            "Main Street", city="Springfield", latitude=Decimal("39.80"), longitude=Decimal("-89.64")
        )
        self.harbour = make_store("Harbour", city="Portland", latitude=Decimal("45.52"), longitude=Decimal("-122.67"))
        self.lanterns = [
            make_product(
                f"Brass lantern {number:02}",
                brand="Acme",
                category="Garden > Lanterns",
                price=f"{20 + number}.00",
                description="Burns for twelve hours on one filling.",
                attributes={"colour": "Brass"},
                popularity=60 - number,
            )
            for number in range(28)
        ]
        self.paper = [
            make_product(
                f"Paper lantern {number}", brand="Glow", category="Party > Decoration", price=f"{number + 3}.50"
            )
            for number in range(1, 4)
        ]
        self.kettle = make_product("Whistling kettle", brand="Acme", category="Kitchen > Kettles", price="34.90")
        for product in (*self.lanterns, *self.paper, self.kettle):
            make_stock(self.main, product, 12)
        for product in self.lanterns[:3]:
            make_stock(self.harbour, product, 2)

    def sync(self) -> None:
        """Update the index from PostgreSQL, as the worker does every second."""
        sync_due()

    def stock(self, product: Product, store: Store | None = None) -> int:
        return Inventory.objects.get(store=store or self.main, product=product).quantity
