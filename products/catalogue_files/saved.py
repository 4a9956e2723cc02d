from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Saved:
    """What saving a batch changed, or would change."""

    created: int = 0
    updated: int = 0
    fields: Counter[str] = field(default_factory=Counter)  # how many of the updated rows changed in each
    new_categories: set[str] = field(default_factory=set)  # of a dry run: paths that would be created
    refused: dict[str, str] = field(default_factory=dict)  # key -> reason

    def add(self, other: "Saved") -> None:
        self.created += other.created
        self.updated += other.updated
        self.fields += other.fields
        self.new_categories |= other.new_categories
