"""Kinds of files that are imported into a table, and how a file is to be read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.amounts import Notation
from products.attribute_values import AttributeKind
from products.catalogue_files.columns import folded
from products.catalogue_files.fields import Field
from products.catalogue_files.notations import DateOrder
from products.catalogue_files.rows import Saved

BATCH = 2_000  # rows: large enough for set-based SQL to pay, small enough to hold its locks briefly

Record = dict[str, Any]  # values by field; one that is missing is not changed


@dataclass(frozen=True)
class Table:
    """A kind of file: its fields, the one that identifies a row, other names of fields, and its services.

    `save` saves a batch, or with `dry_run` only counts. `has` says whether a row with exactly this key is stored.
    `incomplete` is the reason with which `save` refuses a new row that lacks a field of `required`.
    """

    name: str
    key: str
    fields: Mapping[str, Field]
    save: Callable[..., Saved]
    has: Callable[[str], bool] = lambda _key: False
    required: Sequence[str] = ()
    incomplete: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    complete: Callable[[Record, Collection[str]], None] = lambda _record, _fields: None
    known_attributes: Callable[[], Mapping[str, tuple[str, AttributeKind]]] | None = None  # label and kind by code
    ensure_attributes: Callable[..., dict[str, AttributeKind]] | None = None

    @property
    def names(self) -> dict[str, str]:
        """Every name of a field in a header -> the field."""
        return {folded(name): name for name in self.fields} | {folded(name): to for name, to in self.aliases.items()}


@dataclass(frozen=True)
class Options:
    strict: bool = False
    dry_run: bool = False
    clear_empty: bool = False
    all_attributes: bool = True
    mapping: Mapping[str, str] = field(default_factory=dict)
    decimal: Notation | None = None
    currency_sign: str = ""
    dates: DateOrder | None = None
    encoding: str | None = None
    delimiter: str | None = None
