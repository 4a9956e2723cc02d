"""Brands, categories and attribute values that words of a query name: 'sony', 'laptops', '16 gb ram', 'size 42'.

Words that name a value are still words: products with the value come first, and none is lost. A bare number or letter
names a value only beside a word of its attribute, which need not be in a product that has the value.
"""

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

MAX_WORDS = 4  # of a value; longer ones are sentences
MAX_NAMED = 4  # values of one query
# Of attributes that share a value one is meant when it has at least this share of the products.
CLEAR_MAJORITY = 2 / 3


class Kind(StrEnum):
    BRAND = "brand"
    CATEGORY = "category"
    ATTRIBUTE = "attribute"


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A value as the catalogue has it. `parameter` filters by it."""

    kind: Kind
    parameter: str  # brand, category or attr.<code>
    value: str
    label: str  # to be shown
    term: str = ""  # of an attribute's value in the index
    products: int = 1
    label_stems: tuple[str, ...] = ()  # of an attribute: of equals, the one whose label was typed is meant
    beside: tuple[str, ...] = ()  # stems beside which a number or letter is this value: the label's last word, unit


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """Words of a query, as places in its terms, and the values that they name: of one parameter."""

    start: int
    end: int
    values: tuple[Value, ...]
    has_label: bool = False  # the words are a bare number or letter and its attribute's label or unit


class ValueTable:
    """Values by the stems of their texts."""

    def __init__(
        self,
        values: Iterable[tuple[tuple[str, ...], Value]] = (),
        as_words: Iterable[tuple[tuple[str, ...], str]] = (),
    ) -> None:
        """`as_words`: terms in the index that words stand for without being a choice of the shopper."""
        self._values: dict[tuple[str, ...], list[Value]] = {}
        self._beside: dict[str, list[Value]] = {}  # numbers and letters: alone, one may be a value of many attributes
        for stems, value in values:
            says_nothing = all(map(_is_number, stems)) or (len(stems) == 1 and _is_letter(stems[0]))
            if 0 < len(stems) <= MAX_WORDS and not says_nothing:
                self._values.setdefault(stems, []).append(value)
            elif len(stems) == 1 and value.beside:
                self._beside.setdefault(stems[0], []).append(value)
        self._as_words: dict[str, list[str]] = {}
        for stems, term in as_words:
            self._as_words.setdefault("".join(stems), []).append(term)

    def words_only(self) -> "ValueTable":
        """The table of what words stand for, which names no value."""
        known = ValueTable()
        known._as_words = self._as_words
        return known

    def as_words(self, stems: Sequence[str]) -> dict[int, list[str]]:
        """By place, the terms that words of a query stand for, written as one word or as several."""
        found: dict[int, list[str]] = {}
        for place in range(len(stems)) if self._as_words else ():
            for end in range(place + 1, min(place + MAX_WORDS, len(stems)) + 1):
                if terms := self._as_words.get("".join(stems[place:end])):
                    for each in range(place, end):
                        found.setdefault(each, []).extend(terms)
        return found

    def find(self, stems: Sequence[str], head: int | None = None, *, typed: Collection[str] = ()) -> list[Named]:
        """The values that a query names, the longest first at each place; none overlaps another.

        `typed`: the stems of all that was typed, for labels: 'ram' may be in no product.
        `head`: the place of the word that says what kind of thing is looked for. A category is meant
        only by that: a 'laptop bag' is no laptop.
        """
        found: list[Named] = []
        typed = {*stems, *typed}
        place = 0
        while place < len(stems) and len(found) < MAX_NAMED:
            for end in range(min(place + MAX_WORDS, len(stems)), place, -1):
                known = self._values.get(tuple(stems[place:end]), [])
                if meant := _meant(known, typed, is_head=head is not None and place <= head < end):
                    has_number = bool(meant[0].beside) and any(map(_is_number, stems[place:end]))  # '42 eu'
                    found.append(Named(place, end, meant, has_label=has_number))
                    place = end - 1
                    break
            else:
                if with_label := self._with_label(stems, place, found[-1].end if found else 0):
                    found.append(with_label)
                    place = with_label.end - 1
            place += 1
        return found

    def _with_label(self, stems: Sequence[str], place: int, start: int) -> Named | None:
        """A number's or letter's value beside a word of its label: 'size 42', '42 eu'. `start`: of the free words."""
        known = self._beside.get(stems[place], [])
        before, after = stems[max(place - 1, start) : place], stems[place + 1 : place + 2]
        for word in (*before, *after):
            labelled = [value for value in known if word in value.beside]
            if meant := _meant(labelled, (), is_head=False):
                first, end = (place - len(before), place + 1) if word in before else (place, place + 2)
                while first > start and stems[first - 1] in meant[0].label_stems:
                    first -= 1
                if end - first == len(stems) > 2:  # noqa: PLR2004 - the thing is named too: 'shoes size 42'
                    first = place - len(before)
                return Named(first, end, meant, has_label=True)
        return None


def _is_number(stem: str) -> bool:
    return not any(map(str.isalpha, stem))


def _is_letter(stem: str) -> bool:
    """Whether it is one letter: in a name ('c-max', 'e 27') as often as a value. One sign without case is a word."""
    return len(stem) == 1 and stem.islower()


def _meant(known: Sequence[Value], typed: Collection[str], *, is_head: bool) -> tuple[Value, ...]:
    """The values of the one parameter that the words mean; () when they are ambiguous."""
    if is_head and (categories := tuple(value for value in known if value.kind is Kind.CATEGORY)):
        return categories
    if brands := tuple(value for value in known if value.kind is Kind.BRAND):
        return brands
    attributes = [value for value in known if value.kind is Kind.ATTRIBUTE]
    if labelled := [value for value in attributes if not set(typed).isdisjoint(value.label_stems)]:
        attributes = labelled
    products: dict[str, int] = {}
    for value in attributes:
        products[value.parameter] = products.get(value.parameter, 0) + value.products
    if not products:
        return ()
    parameter, most = max(products.items(), key=lambda item: item[1])
    if most < CLEAR_MAJORITY * sum(products.values()):
        return ()
    return tuple(value for value in attributes if value.parameter == parameter)
