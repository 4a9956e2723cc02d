"""How columns of categories are written, and what is likely to be wrong with them."""

import re
from dataclasses import dataclass, field

_BETWEEN_PATHS = re.compile(r"(?<!\\)[,;|]")
_ROOTS = frozenset({"default category"})  # of shop systems, which no shopper sees
_OTHER_MARK = re.compile(r"[/;|]")
_NUMBERS = re.compile(r"[\d\s,;|/]+")


@dataclass
class OnlyNumbers:
    """Whether all texts of a column are numbers: ids of categories in the other system, which shoppers would see."""

    _has_names: bool = False
    _first: str = ""

    def learn(self, text: str) -> None:
        self._has_names |= bool(text and not _NUMBERS.fullmatch(text))
        self._first = self._first or text

    @property
    def note(self) -> str:
        found = self._first and not self._has_names
        return f"the values are numbers such as {self._first!r}, not names: shoppers would see them" if found else ""


@dataclass
class PathColumn:
    """Learns from every cell of a column with one path whether another mark than '>' divides the levels."""

    _with_path: int = 0
    _with_other_mark: int = 0
    _first: str = ""
    _numbers: OnlyNumbers = field(default_factory=OnlyNumbers)

    def learn(self, text: str) -> None:
        self._numbers.learn(text)
        self._with_path += ">" in text
        if _OTHER_MARK.search(text):
            self._with_other_mark += 1
            self._first = self._first or text

    def read(self, text: str) -> str:
        return text

    @property
    def note(self) -> str:
        if self._numbers.note or self._with_path or not self._with_other_mark:
            return self._numbers.note
        return (
            f"each value is one name, as {self._first!r}; if '/' divides levels, or several paths are in a cell, "
            'map the column to "categories"'
        )


@dataclass
class PathsColumn:
    """Learns from every cell of a column with several paths of categories how their levels are divided."""

    _has_marks: bool = False  # '>' somewhere: then '/' is a part of names
    _numbers: OnlyNumbers = field(default_factory=OnlyNumbers)

    def learn(self, text: str) -> None:
        self._has_marks |= ">" in text
        self._numbers.learn(text)

    @property
    def note(self) -> str:
        return self._numbers.note

    def read(self, text: str) -> str:
        """The deepest path of a list such as 'Clothing, Clothing > Shirts'; the first of several equally deep.

        A product has one category. A comma that belongs to a name has a backslash before it.
        """
        mark = ">" if self._has_marks else "/"
        deepest: list[str] = []
        for path in _BETWEEN_PATHS.split(text):
            names = [name.replace("\\,", ",").strip() for name in path.split(mark)]
            levels = names[1:] if names[0].casefold() in _ROOTS else names
            deepest = max(deepest, levels, key=len)
        return " > ".join(deepest)
