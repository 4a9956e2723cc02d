"""Words that name a brand, a category or an attribute's value are recognised where only that can be meant."""

import pytest

from search_api.query.named_values import Kind, Value, ValueTable

pytestmark = pytest.mark.unit

SONY = Value(Kind.BRAND, "brand", "Sony", "Sony")
CASE_LOGIC = Value(Kind.BRAND, "brand", "Case Logic", "Case Logic")
LAPTOPS = Value(Kind.CATEGORY, "category", "Computers > Laptops", "Laptops")
USED_LAPTOPS = Value(Kind.CATEGORY, "category", "Used > Laptops", "Laptops")
CASES = Value(Kind.CATEGORY, "category", "Cases", "Cases")
RED = Value(Kind.ATTRIBUTE, "attr.colour", "Red", "Red", products=90)
RED_LIGHT = Value(Kind.ATTRIBUTE, "attr.led", "Red", "Red", products=10)
RAM = Value(Kind.ATTRIBUTE, "attr.memory", "16", "16 GB", products=50, label_stems=("ram",))
DISK = Value(Kind.ATTRIBUTE, "attr.storage", "16", "16 GB", products=50, label_stems=("disk", "size"))
NUMBER = Value(Kind.ATTRIBUTE, "attr.pieces", "5", "5")

TABLE = ValueTable(
    [
        (("sony",), SONY),
        (("case", "logic"), CASE_LOGIC),
        (("case",), CASES),
        (("laptop",), LAPTOPS),
        (("laptop",), USED_LAPTOPS),
        (("red",), RED),
        (("red",), RED_LIGHT),
        (("16000mb",), RAM),
        (("16000mb",), DISK),
        (("5",), NUMBER),
        ((), SONY),
    ]
)


def named(query: str, head: int | None = None) -> list[tuple[str, list[Value]]]:
    words = query.split()
    return [(" ".join(words[each.start : each.end]), list(each.values)) for each in TABLE.find(words, head)]


def test_brand_is_named_by_all_its_words() -> None:
    assert named("sony case logic bag") == [("sony", [SONY]), ("case logic", [CASE_LOGIC])]
    assert named("logic case") == []


def test_category_is_named_by_the_word_for_the_kind_only() -> None:
    assert named("red laptop", head=1) == [("red", [RED]), ("laptop", [LAPTOPS, USED_LAPTOPS])]
    assert named("laptop bag", head=1) == []


def test_value_of_several_attributes_is_that_of_most_products_or_of_the_typed_label() -> None:
    assert named("red") == [("red", [RED])]
    assert named("16000mb") == []
    assert named("16000mb ram") == [("16000mb", [RAM])]
    assert [each.values for each in TABLE.find(["16000mb"], typed=["16000mb", "ram"])] == [(RAM,)]


def test_bare_number_names_nothing() -> None:
    assert named("5 sony") == [("sony", [SONY])]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sony shoe size 42", "shoe size 42"),
        ("shoe size 42", "size 42"),
        ("size 42 sony", "size 42"),
        ("sony size 42", "size 42"),
        ("eu 42", "eu 42"),
        ("42 eu sony", "42 eu"),
        ("shoe 42", None),
        ("42 sony size", None),
        ("size 43", None),
        ("width 42", "width 42"),
        ("depth 42", None),  # of two attributes alike
    ],
)
def test_bare_number_beside_its_label_names_a_value(query: str, words: str | None) -> None:
    shoe = ("shoe", "size")
    table = ValueTable(
        [
            (("sony",), SONY),
            (("42",), Value(Kind.ATTRIBUTE, "attr.size", "42", "42 EU", label_stems=shoe, beside=("size", "eu"))),
            (("42",), Value(Kind.ATTRIBUTE, "attr.width", "42", "42", label_stems=("width",), beside=("width",))),
            (("42",), Value(Kind.ATTRIBUTE, "attr.depth", "42", "42", label_stems=("depth",), beside=("depth",))),
            (("42",), Value(Kind.ATTRIBUTE, "attr.in", "42", "42", label_stems=("depth", "in"), beside=("depth",))),
        ]
    )
    stems = query.split()
    found = [" ".join(stems[each.start : each.end]) for each in table.find(stems) if each.has_label]
    assert found == ([words] if words else [])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("c max oil filter", None),
        ("c programming", None),
        ("lamp c", None),
        ("lamp class c", "class c"),
        ("energy class c lamp", "energy class c"),
        ("c class lamp", "c class"),
        ("vitamin c", "vitamin c"),
        ("赤 lamp", "赤"),
        ("c+ lamp", "c+"),
    ],
)
def test_letter_names_a_value_beside_its_label_only(query: str, words: str | None) -> None:
    energy = Value(
        Kind.ATTRIBUTE, "attr.energy", "c", "C", products=9, label_stems=("energy", "class"), beside=("class",)
    )
    vitamin = Value(Kind.ATTRIBUTE, "attr.vitamin", "c", "C", label_stems=("vitamin",), beside=("vitamin",))
    better = Value(Kind.ATTRIBUTE, "attr.energy", "c+", "C+", label_stems=("energy", "class"), beside=("class",))
    red = Value(Kind.ATTRIBUTE, "attr.colour", "赤", "赤", label_stems=("colour",), beside=("colour",))
    letter = Value(Kind.BRAND, "brand", "C", "C")
    table = ValueTable([(("c",), energy), (("c",), vitamin), (("c",), letter), (("c+",), better), (("赤",), red)])
    stems = query.split()
    found = [" ".join(stems[each.start : each.end]) for each in table.find(stems)]
    assert found == ([words] if words else [])


def test_few_values_are_named_by_one_query() -> None:
    assert len(named("sony " * 20)) == 4
