"""Attributes in the admin: counts, flags, and merging two codes with a preview."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from products import attribute_merge
from products.attribute_merge import merge_attributes, preview_merge
from products.models import Attribute, Product
from products.signals import products_changed
from tests.factories import make_attribute, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.service]

ATTRIBUTES = reverse("admin:products_attribute_changelist")


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def text(content: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())


def test_list_counts_products_and_values(root: Client) -> None:
    colour, unused = make_attribute("colour"), make_attribute("unused")
    for value in ("Red", "Red", "Blue"):
        make_product(attributes={"colour": value})
    page = root.get(ATTRIBUTES)
    model_admin = page.context["cl"].model_admin
    counted = {row: (model_admin.products(row), model_admin.values(row)) for row in page.context["cl"].result_list}
    assert counted == {colour: (3, 2), unused: (0, 0)}
    assert '<td class="field-products">3</td>' in page.content.decode()


def test_code_and_type_cannot_be_changed_in_the_form(root: Client) -> None:
    memory = make_attribute("memory", "number", unit="GB")
    url = reverse("admin:products_attribute_change", args=[memory.pk])
    changed = {"label": "RAM", "code": "ram", "type": "text", "unit": "MB", "position": "3", "shown": "on"}
    assert root.post(url, changed).status_code == 302
    memory.refresh_from_db()
    assert (memory.label, memory.unit, memory.position, memory.filterable) == ("RAM", "MB", 3, False)
    assert (memory.code, memory.type) == ("memory", "number")


def test_merge_moves_values_and_deletes_the_other_attribute() -> None:
    source, target = make_attribute("color"), make_attribute("colour")
    moved = make_product(attributes={"color": "Red", "size": "L"})
    same = make_product(attributes={"color": "RED", "colour": "Red"})
    other = make_product(attributes={"colour": "Blue"})
    assert preview_merge(source=source, target=target) == merge_attributes(source=source, target=target)
    stored = dict(Product.objects.values_list("pk", "attributes"))
    assert stored == {
        moved.pk: {"size": "L", "colour": "Red"},
        same.pk: {"colour": "Red"},
        other.pk: {"colour": "Blue"},
    }
    assert list(Attribute.objects.values_list("code", flat=True)) == ["colour"]


def test_numbers_are_merged_into_the_unit_of_the_target() -> None:
    source, target = make_attribute("depth_mm", "number", unit="mm"), make_attribute("depth", "number", unit="cm")
    product = make_product(attributes={"depth_mm": 125})
    assert merge_attributes(source=source, target=target).moved == 1
    product.refresh_from_db()
    assert product.attributes == {"depth": 12.5}


def test_conflicts_are_reported_and_keep_both_values() -> None:
    source, target = make_attribute("ram", "number", unit="kg"), make_attribute("memory", "number", unit="GB")
    unlike = make_product(sku="A", attributes={"ram": 512})
    plain = make_attribute("mem")
    both = make_product(sku="B", attributes={"mem": "8 GB", "memory": 16})
    fits = make_product(sku="C", attributes={"mem": "8 GB"})
    effect = merge_attributes(source=source, target=target)
    assert (effect.moved, effect.conflicts, effect.examples) == (0, 1, ["A: ram 512, which is not a number"])
    effect = merge_attributes(source=plain, target=target)
    assert (effect.moved, effect.conflicts, effect.examples) == (1, 1, ["B: mem 8 GB, but memory 16"])
    assert set(Attribute.objects.values_list("code", flat=True)) == {"ram", "memory", "mem"}
    stored = dict(Product.objects.values_list("pk", "attributes"))
    assert stored == {unlike.pk: {"ram": 512}, both.pk: {"mem": "8 GB", "memory": 16}, fits.pk: {"memory": 8}}


def test_merge_goes_in_steps_and_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribute_merge, "STEP", 2)
    source, target = make_attribute("color"), make_attribute("colour")
    for number in range(5):
        make_product(attributes={"color": f"c{number}"})
    stopped = merge_attributes(source=source, target=target, longest=-1)
    assert (stopped.finished, stopped.moved) == (False, 0)
    whole = merge_attributes(source=source, target=target)
    assert (whole.finished, whole.moved) == (True, 5)
    assert not Product.objects.filter(attributes__has_key="color").exists()


@pytest.mark.django_db(transaction=True)
def test_admin_shows_the_effect_before_it_merges(root: Client) -> None:
    source, target = make_attribute("color"), make_attribute("colour")
    product = make_product(attributes={"color": "Red"})
    heard: list[int] = []

    def receive(*, product_ids: list[int], **_: object) -> None:
        heard.extend(product_ids)

    products_changed.connect(receive)
    chosen = {"action": "merge", "_selected_action": [source.pk, target.pk]}
    try:
        shown = text(root.post(ATTRIBUTES, chosen).content)
        assert "1 products get their value of color under colour." in shown
        assert Product.objects.get().attributes == {"color": "Red"}
        done = root.post(ATTRIBUTES, chosen | {"target": target.pk}, follow=True)
    finally:
        products_changed.disconnect(receive)
    assert "1 products now have their value of color under colour." in text(done.content)
    assert Product.objects.get().attributes == {"colour": "Red"}
    assert heard == [product.pk]


def test_admin_says_that_a_merge_is_unfinished(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = make_attribute("color"), make_attribute("colour")
    make_product(attributes={"color": "Red"})
    assert merge_attributes.__kwdefaults__ is not None
    monkeypatch.setitem(merge_attributes.__kwdefaults__, "longest", -1.0)
    chosen = {"action": "merge", "_selected_action": [source.pk, target.pk], "target": target.pk}
    done = text(root.post(ATTRIBUTES, chosen, follow=True).content)
    assert "0 products now have their value of color under colour." in done
    assert "There are more products: merge the two again to continue." in done


def test_one_attribute_cannot_be_merged(root: Client) -> None:
    alone = make_attribute("color")
    answer = root.post(ATTRIBUTES, {"action": "merge", "_selected_action": [alone.pk]}, follow=True)
    assert "Select exactly two attributes to merge." in text(answer.content)
