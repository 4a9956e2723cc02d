"""Categories made, moved and renamed at the same time: every path is right in the end, and no transaction fails."""

import pytest
from django.db import IntegrityError

from products.models import Category
from tests.factories import make_category
from tests.threads import begun_before_the_end_of, in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.races]

ROUNDS = 40


def rename(path: str, name: str) -> None:
    Category.objects.filter(path=path).update(name=name)


def move(path: str, below: Category) -> None:
    Category.objects.filter(path=path).update(parent=below)


def paths() -> set[str]:
    return set(Category.objects.values_list("path", flat=True))


def test_category_made_while_its_parent_is_renamed_has_the_new_path() -> None:
    computers = make_category("Computers")
    begun_before_the_end_of(
        lambda: rename("Computers", "Machines"), lambda: Category.objects.create(name="Laptops", parent=computers)
    )
    assert paths() == {"Machines", "Machines > Laptops"}


def test_category_moved_while_its_new_parent_is_renamed_has_the_new_path_with_all_below_it() -> None:
    computers = make_category("Computers")
    make_category("Laptops > Gaming")
    begun_before_the_end_of(lambda: rename("Computers", "Machines"), lambda: move("Laptops", computers))
    assert paths() == {"Machines", "Machines > Laptops", "Machines > Laptops > Gaming"}


def test_category_made_while_an_ancestor_is_renamed_has_the_new_path() -> None:
    laptops = make_category("Computers > Laptops")
    begun_before_the_end_of(
        lambda: rename("Computers", "Machines"), lambda: Category.objects.create(name="Gaming", parent=laptops)
    )
    assert paths() == {"Machines", "Machines > Laptops", "Machines > Laptops > Gaming"}


def test_parent_renamed_while_a_category_is_made_below_it_carries_its_name_there() -> None:
    computers = make_category("Computers")
    begun_before_the_end_of(
        lambda: Category.objects.create(name="Laptops", parent=computers),
        lambda: rename("Computers", "Machines"),
    )
    assert paths() == {"Machines", "Machines > Laptops"}


def test_categories_moved_below_each_other_at_once_make_no_cycle() -> None:
    phones = make_category("Mobile > Phones")
    laptops = make_category("Computers > Laptops")
    with pytest.raises(IntegrityError, match="cannot be moved below itself"):
        begun_before_the_end_of(lambda: move("Computers", phones), lambda: move("Mobile", laptops))
    assert paths() == {
        "Mobile",
        "Mobile > Phones",
        "Mobile > Phones > Computers",
        "Mobile > Phones > Computers > Laptops",
    }


def test_parent_and_child_renamed_at_once_again_and_again_both_succeed() -> None:
    parent = make_category("Parent")
    child = make_category("Parent > Child")

    def rename_often(category: Category) -> None:
        for turn in range(ROUNDS):
            Category.objects.filter(pk=category.pk).update(name=f"{category.name} {turn}")

    in_threads(lambda: rename_often(parent), lambda: rename_often(child))
    last = ROUNDS - 1
    assert paths() == {f"Parent {last}", f"Parent {last} > Child {last}"}
