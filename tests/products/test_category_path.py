"""Triggers keep the path of every category right after any change of the tree."""

import pytest
from django.db import IntegrityError, connection

from products.models import Category
from tests.factories import make_category

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def paths() -> list[str]:
    return list(Category.objects.values_list("path", flat=True))


def test_path_names_every_level_from_the_root() -> None:
    make_category("Computers > Laptops > Gaming")
    assert paths() == ["Computers", "Computers > Laptops", "Computers > Laptops > Gaming"]


def test_rename_by_raw_sql_reaches_the_whole_subtree() -> None:
    make_category("Computers > Laptops > Gaming")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE products_category SET name = 'Machines' WHERE path = 'Computers'")
    assert paths() == ["Machines", "Machines > Laptops", "Machines > Laptops > Gaming"]


def test_move_carries_the_subtree_along() -> None:
    make_category("Computers > Laptops > Gaming")
    Category.objects.filter(path="Computers > Laptops").update(parent=make_category("Mobile"))
    assert paths() == ["Computers", "Mobile", "Mobile > Laptops", "Mobile > Laptops > Gaming"]


def test_path_written_by_hand_is_corrected() -> None:
    laptops = make_category("Computers > Laptops")
    Category.objects.filter(pk=laptops.pk).update(path="Elsewhere")
    assert paths() == ["Computers", "Computers > Laptops"]


def test_move_below_itself_is_refused() -> None:
    gaming = make_category("Computers > Laptops > Gaming")
    with pytest.raises(IntegrityError, match="cannot be moved below itself"):
        Category.objects.filter(path="Computers").update(parent=gaming)


def test_name_that_would_break_the_path_is_refused() -> None:
    with pytest.raises(IntegrityError, match="products_category_name_fits_path"):
        Category.objects.create(name="a > b")


def test_same_name_twice_below_one_parent_is_refused() -> None:
    make_category("Computers > Laptops")
    with pytest.raises(IntegrityError, match="products_category_path"):
        Category.objects.create(name="Laptops", parent=Category.objects.get(path="Computers"))
