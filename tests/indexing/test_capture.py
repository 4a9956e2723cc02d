"""A product gets a new version when its document would change, by whatever statement, and only then."""

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from indexing.documents import build_documents
from indexing.models import Change, SyncState
from products.models import Category, Product
from stores.models import Inventory, Store
from tests.factories import make_category, make_product, make_stock, make_store
from tests.indexing.conftest import version_of

pytestmark = pytest.mark.django_db

COLUMNS = "sku, name, description, brand, price, attributes, active, popularity, updated_at"

Act = Callable[["Shop"], object]


def commit() -> None:
    """Run the deferred triggers, as a commit does. The test itself is rolled back, which is faster."""
    connection.check_constraints()


class Shop:
    """A product in a category, with stock at one store and none at another; and one that stays unchanged."""

    def __init__(self) -> None:
        self.product = make_product("Lamp", category="Home > Lamps", brand="Bright")
        self.other = make_product("Chair")
        self.stocked, self.empty = make_store(), make_store()
        self.stock = make_stock(self.stocked, self.product, 5)
        self.no_stock = make_stock(self.empty, self.product, 0)
        commit()


def execute(sql: str, *parameters: str | int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def set_by_sql(column: str, value: str | int | None) -> Act:
    statement = f"UPDATE products_product SET {column} = %s WHERE id = %s"  # noqa: S608 - columns of this file
    return lambda shop: execute(statement, value, shop.product.pk)


def save(shop: Shop) -> None:
    shop.product.name = "Desk lamp"
    shop.product.save()


def bulk_update(shop: Shop) -> None:
    shop.product.price = Decimal(11)
    Product.objects.bulk_update([shop.product, shop.other], ["price"])


def upsert(shop: Shop) -> None:
    again = Product(sku=shop.product.sku, name="Floor lamp", price=Decimal(10))
    Product.objects.bulk_create([again], update_conflicts=True, unique_fields=["sku"], update_fields=["name"])


def move_category(_: Shop) -> None:
    lamps = Category.objects.get(name="Lamps")
    lamps.parent = make_category("Garden")
    lamps.save()


def delete_category(shop: Shop) -> None:
    assert shop.product.category
    shop.product.category.delete()


def move_stock(shop: Shop) -> None:
    Inventory.objects.filter(pk=shop.no_stock.pk).delete()
    Inventory.objects.filter(pk=shop.stock.pk).update(store=shop.empty)


CHANGES: dict[str, Act] = {
    "save": save,
    "update": lambda shop: Product.objects.filter(pk=shop.product.pk).update(name="Floor lamp"),
    "bulk_update": bulk_update,
    "upsert": upsert,
    "raw SQL, sku": set_by_sql("sku", "LAMP-1"),
    "raw SQL, description": set_by_sql("description", "Bright"),
    "raw SQL, brand": set_by_sql("brand", "Dim"),
    "raw SQL, price": set_by_sql("price", 9),
    "raw SQL, attributes": set_by_sql("attributes", '{"colour": "red"}'),
    "raw SQL, list price": set_by_sql("list_price", 20),
    "raw SQL, GTINs": set_by_sql("gtins", "{00884420588030}"),
    "raw SQL, pictures": set_by_sql("images", '[{"url": "lamp.png", "alt": ""}]'),
    "raw SQL, popularity": set_by_sql("popularity", 7),
    "raw SQL, no category": set_by_sql("category_id", None),
    "hidden": set_by_sql("active", value=False),
    "category renamed": lambda _: Category.objects.filter(name="Lamps").update(name="Lights"),
    "category above renamed": lambda _: Category.objects.filter(name="Home").update(name="House"),
    "category above renamed by SQL": lambda _: execute("UPDATE products_category SET name = 'X' WHERE name = 'Home'"),
    "category moved": move_category,
    "category deleted": delete_category,
    "sold out": lambda shop: Inventory.objects.filter(pk=shop.stock.pk).update(quantity=0),
    "in stock again": lambda shop: Inventory.objects.filter(pk=shop.no_stock.pk).update(quantity=1),
    "stocked at another store": lambda shop: make_stock(make_store(), shop.product, 1),
    "stock moved to another store": move_stock,
    "stock moved to another product": lambda shop: Inventory.objects.filter(pk=shop.stock.pk).update(
        product=shop.other
    ),
    "stock moved to another product and sold out": lambda shop: Inventory.objects.filter(pk=shop.stock.pk).update(
        product=shop.other, quantity=0
    ),
    "inventory deleted": lambda shop: shop.stock.delete(),
    "store deleted": lambda shop: Inventory.objects.filter(store=shop.stocked).delete(),
    "inventory truncated": lambda _: execute("TRUNCATE stores_inventory"),
    "product deleted": lambda shop: Product.objects.filter(pk=shop.product.pk).delete(),
    "products truncated": lambda _: execute("TRUNCATE products_product CASCADE"),
}

NO_CHANGES: dict[str, Act] = {
    "saved as it was": lambda shop: shop.product.save(),
    "raw SQL, the same name": set_by_sql("name", "Lamp"),
    "raw SQL, updated_at": set_by_sql("updated_at", "2020-01-01"),
    "raw SQL, released": set_by_sql("released", "2020-01-01"),
    "stock left behind": lambda shop: Inventory.objects.filter(pk=shop.stock.pk).update(quantity=4),
    "no stock moved to another product": lambda shop: Inventory.objects.filter(pk=shop.no_stock.pk).update(
        product=shop.other
    ),
    "an empty row more": lambda shop: make_stock(make_store(), shop.product, 0),
    "an empty row less": lambda shop: shop.no_stock.delete(),
    "store renamed": lambda shop: Store.objects.filter(pk=shop.stocked.pk).update(name="High Street"),
    "another category renamed": lambda _: (
        make_category("Toys") and Category.objects.filter(name="Toys").update(name="T")
    ),
    "an unused category deleted": lambda _: make_category("Toys").delete(),
}


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_a_change_gives_the_product_a_new_version_and_makes_it_due(act: Act) -> None:
    shop = Shop()
    SyncState.objects.update(due_at=None)
    before = version_of(shop.product.pk)

    act(shop)
    commit()

    state = SyncState.objects.get(pk=shop.product.pk)
    assert state.version > before
    assert state.due_at is not None
    assert not Change.objects.exists()


@pytest.mark.parametrize("act", NO_CHANGES.values(), ids=NO_CHANGES)
def test_change_outside_the_document_gives_no_version(act: Act) -> None:
    shop = Shop()
    before = SyncState.objects.in_bulk()

    act(shop)
    commit()

    assert {key: state.version for key, state in before.items()} == {
        key: state.version for key, state in SyncState.objects.in_bulk().items()
    }


@pytest.mark.parametrize("act", [*CHANGES.values()][:12], ids=[*CHANGES][:12])
def test_a_change_of_one_product_leaves_the_others_alone(act: Act) -> None:
    shop = Shop()
    before = version_of(shop.other.pk)

    act(shop)
    commit()

    assert version_of(shop.other.pk) == before


def test_a_column_gives_a_new_version_exactly_when_the_document_shows_it() -> None:
    """Fails for a new field of the document that the triggers do not compare, and for a column that they need not."""
    values = {
        "sku": "NEW",
        "name": "New",
        "description": "New",
        "brand": "New",
        "category_id": make_category("New").pk,
        "price": Decimal(99),
        "list_price": Decimal(99),
        "gtins": ["00884420588030"],
        "images": [{"url": "new.png", "alt": ""}],
        "attributes": {"new": "new"},
        "active": False,
        "released": date(2020, 1, 1),
        "popularity": 99,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
    }
    assert values.keys() | {"id", "sort_key"} == {field.attname for field in Product._meta.concrete_fields}  # noqa: SLF001
    shown, versioned = set(), set()
    for column, value in values.items():
        product = make_product()
        commit()
        document, version = build_documents([product.pk]), version_of(product.pk)
        Product.objects.filter(pk=product.pk).update(**{column: value})
        commit()
        if build_documents([product.pk]) != document:
            shown.add(column)
        if version_of(product.pk) > version:
            versioned.add(column)

    assert versioned == shown
    assert {"name", "active", "created_at"} <= shown


def test_created_products_get_versions_by_save_bulk_create_sql_and_copy() -> None:
    saved = make_product()
    (bulk,) = Product.objects.bulk_create([Product(sku="BULK", name="Bulk", price=Decimal(1))])
    values = "'SQL', 'Sql', '', '', 1, '{}', true, 0, now()"
    execute(f"INSERT INTO products_product ({COLUMNS}) VALUES ({values})")  # noqa: S608 - constants of this file
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY products_product ({COLUMNS}) FROM STDIN",
            io.StringIO("COPY\tCopied\t\t\t1\t{}\tt\t0\t2020-01-01\n"),
        )
    commit()

    assert set(SyncState.objects.values_list("pk", flat=True)) == set(Product.objects.values_list("pk", flat=True))
    assert {saved.pk, bulk.pk} <= set(SyncState.objects.values_list("pk", flat=True))
    assert SyncState.objects.pending().count() == 4


def test_stock_inserted_by_copy_gives_a_version() -> None:
    product, store = make_product(), make_store()
    commit()
    before = version_of(product.pk)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY stores_inventory (store_id, product_id, quantity) FROM STDIN",
            io.StringIO(f"{store.pk}\t{product.pk}\t3\n"),
        )
    commit()

    assert version_of(product.pk) > before


def fail_after(change: Callable[[], object]) -> None:
    """Make the change in a transaction, or in a savepoint of the running one, and roll it back."""
    with suppress(ZeroDivisionError), transaction.atomic():
        change()
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_rolled_back_gives_no_version() -> None:
    product = make_product()
    before = version_of(product.pk)

    fail_after(lambda: Product.objects.update(name="New"))

    assert version_of(product.pk) == before
    assert not Change.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_change_rolled_back_by_a_savepoint_gives_no_version_and_the_rest_does() -> None:
    kept, undone = make_product(), make_product()
    before = {kept.pk: version_of(kept.pk), undone.pk: version_of(undone.pk)}

    with transaction.atomic():
        Product.objects.filter(pk=kept.pk).update(name="New")
        fail_after(lambda: Product.objects.filter(pk=undone.pk).update(name="New"))

    assert version_of(kept.pk) > before[kept.pk]
    assert version_of(undone.pk) == before[undone.pk]


@pytest.mark.django_db(transaction=True)
def test_change_after_a_savepoint_was_rolled_back_is_noted_as_the_first() -> None:
    kept, undone = make_product(), make_product()
    before = {kept.pk: version_of(kept.pk), undone.pk: version_of(undone.pk)}

    with transaction.atomic():
        fail_after(lambda: Product.objects.filter(pk=undone.pk).update(name="New"))
        Product.objects.filter(pk=kept.pk).update(name="New")

    assert version_of(kept.pk) > before[kept.pk]
    assert version_of(undone.pk) == before[undone.pk]
    assert not Change.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_after_the_rename_of_a_category_with_no_products_is_noted() -> None:
    product, empty = make_product(), make_category("Empty")
    before = version_of(product.pk)

    with transaction.atomic():
        Category.objects.filter(pk=empty.pk).update(name="Still empty")
        Product.objects.filter(pk=product.pk).update(name="New")

    assert version_of(product.pk) > before
    assert not Change.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_changes_in_one_transaction_give_one_version() -> None:
    product = make_product()
    before = version_of(product.pk)

    with transaction.atomic():
        for price in range(5):
            Product.objects.filter(pk=product.pk).update(price=price)

    assert version_of(product.pk) == before + 2  # the insert that met a row draws one too


def test_product_created_again_under_its_old_id_gets_a_higher_version_even_without_a_tombstone() -> None:
    product = make_product()
    commit()
    product_id, before = product.pk, version_of(product.pk)
    product.delete()
    commit()
    SyncState.objects.all().delete()

    make_product(id=product_id)
    commit()

    assert version_of(product_id) > before


def test_changed_primary_key_gives_both_ids_a_version() -> None:
    product = make_product()
    commit()
    before = version_of(product.pk)

    Product.objects.filter(pk=product.pk).update(id=product.pk + 1000)
    commit()

    assert version_of(product.pk) > before
    assert version_of(product.pk + 1000) > 0


def test_pending_product_keeps_its_place_in_the_queue() -> None:
    product = make_product()
    commit()
    first = SyncState.objects.get(pk=product.pk)

    Product.objects.update(name="New")
    commit()

    again = SyncState.objects.get(pk=product.pk)
    assert (again.changed_at, again.due_at) == (first.changed_at, first.due_at)


def test_a_refused_product_is_due_as_soon_as_it_changes() -> None:
    product = make_product()
    commit()
    SyncState.objects.update(error="name too long", due_at="2999-01-01T00:00:00Z")

    Product.objects.update(name="Short")
    commit()

    due = SyncState.objects.get(pk=product.pk).due_at
    assert due is not None
    assert due.year < 2999


def test_product_changed_again_after_its_version_was_given_gets_another() -> None:
    product, other = make_product(), make_product()
    commit()
    first, first_of_other = version_of(product.pk), version_of(other.pk)
    Product.objects.filter(pk__in=(product.pk, other.pk)).update(price=11)
    commit()
    second = version_of(product.pk)
    Product.objects.filter(pk=product.pk).update(price=12)
    commit()
    assert first < second < version_of(product.pk)
    assert first_of_other < version_of(other.pk)
    assert not Change.objects.exists()
