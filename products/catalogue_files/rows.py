"""Rows of a file, and what saving them changed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """Values by column, and the line on which the row starts. A value is text in CSV, or of JSON.

    A column without a value is missing.
    """

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row, or a value in it, that cannot be used, and why."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


@dataclass
class Saved:
    """What saving a batch changed, or would change."""

    created: int = 0
    updated: int = 0
    fields: Counter[str] = field(default_factory=Counter)  # how many of the updated rows changed in each
    new_categories: set[str] = field(default_factory=set)  # of a dry run: paths that would be created
    refused: dict[str, str] = field(default_factory=dict)  # key -> reason
    refused_fields: dict[str, str] = field(default_factory=dict)  # key -> the bad field, when it is not the key

    def add(self, other: "Saved") -> None:
        self.created += other.created
        self.updated += other.updated
        self.fields += other.fields
        self.new_categories |= other.new_categories
