"""What the columns of a file mean: fields, attributes, or nothing."""

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from products.attribute_values import MAX_LABEL_LENGTH, MAX_UNIT_LENGTH, AttributeType, clean_text, code_for, is_code
from products.catalogue_files.cells import clean_line
from products.errors import FileRefusedError

IGNORED = "ignore"  # the target of a column that is not imported
# Targets of columns that say which rows belong together (`row_shapes.py`).
ROLES = frozenset({"variant_group", "variant_of", "variant_id", "variant_image", "image_position"})
ATTRIBUTE = "attr:"
SEPARATED_BY = " separated by "
_LABEL_AND_UNIT = re.compile(r"(?P<label>.*?)\s*\[(?P<unit>[^\[\]]*)\]\s*")
_NESTED = re.compile(rf"(?P<group>attributes|{'|'.join(AttributeType)})\.(?P<name>.+)", re.DOTALL)


class NamedAttribute(NamedTuple):
    """Attributes that other columns name: `attr:{Option1 Name} separated by ,`. In `attr:*` the cell itself does."""

    label: str  # with headers in braces
    mark: str  # between several values; '' for one value

    @staticmethod
    def of(target: str) -> "NamedAttribute | None":
        """The attributes that a target names through other columns; None for any other target."""
        if not target.casefold().startswith(ATTRIBUTE):
            return None
        label, _, mark = target[len(ATTRIBUTE) :].partition(SEPARATED_BY)
        return NamedAttribute(label.strip(), mark.strip()) if mark or label == "*" or "{" in label else None


class AttributeColumn(NamedTuple):
    code: str
    label: str = ""
    unit: str = ""
    type: AttributeType | None = None  # as the file says; the values decide otherwise


@dataclass(frozen=True, slots=True)
class Column:
    """A column, by its header. It is a field, an attribute, a part of how rows are read, or ignored."""

    header: str
    field: str = ""
    attribute: AttributeColumn | None = None
    role: str | NamedAttribute = ""


@dataclass(frozen=True)
class Meanings:
    """What headers mean, ignoring case: what the mapping says, else fields by their names, else attributes.

    `fields` are the names of fields, and other names for them. `known` are the labels of the
    attributes that exist, by code. Without `all_attributes` a column that is neither mapped, nor
    named `attr:`, nor an existing attribute is ignored.
    """

    fields: Mapping[str, str]
    mapping: Mapping[str, str]
    known: Mapping[str, str]
    all_attributes: bool = True
    with_attributes: bool = True

    def of(self, header: str) -> Column:
        target = self.mapping.get(folded(header), "")
        if target == IGNORED:
            return Column(header)
        if role := target if target in ROLES else NamedAttribute.of(target):
            return Column(header, role=role)
        name = target or header
        if field := self.fields.get(folded(name)):
            return Column(header, field)
        attribute = self._attribute(name) if self.with_attributes else None
        is_named = name.casefold().startswith(ATTRIBUTE) or _NESTED.fullmatch(name)
        if attribute and (self.all_attributes or target or is_named or attribute.code in self.known):
            return Column(header, attribute=attribute)
        return Column(header)

    def _attribute(self, name: str) -> AttributeColumn | None:
        kind = None
        if nested := _NESTED.fullmatch(name):
            kind, name = nested["group"], nested["name"]
        elif name.casefold().startswith(ATTRIBUTE):
            name = name[len(ATTRIBUTE) :]
        name = clean_text(name)  # a header may have any character
        label, unit = name, ""
        if label not in self.known and (parts := _LABEL_AND_UNIT.fullmatch(name)):
            label, unit = clean_line(parts["label"]), clean_line(parts["unit"])
        if len(unit) > MAX_UNIT_LENGTH:
            label, unit = name, ""
        label = label[:MAX_LABEL_LENGTH].rstrip()
        declared = AttributeType(kind) if kind in set(AttributeType) else None
        if label in self.known or is_code(label):
            return AttributeColumn(label, "", unit, declared)
        code = self._codes.get(folded(label)) or code_for(label.replace(".", " "))
        return AttributeColumn(code, label, unit, declared) if code else None

    @functools.cached_property
    def _codes(self) -> dict[str, str]:
        return {folded(label): code for code, label in self.known.items()}


def folded(header: str) -> str:
    """Equal for headers that differ in case, or have spaces or hyphens for underscores."""
    return re.sub(r"[\s_-]+", "_", header.strip()).casefold()


def read_mapping(path: Path | None, fields: Mapping[str, str]) -> dict[str, str]:
    """The target of each header of a mapping file. FileRefusedError."""
    if path is None:
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileRefusedError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileRefusedError(f"{path}: it is not TOML: {error}") from error
    columns = data.get("columns")
    if data.keys() != {"columns"} or not isinstance(columns, dict):
        raise FileRefusedError(f'{path}: it has one table, [columns], with lines such as "Title" = "name"')
    for header, target in columns.items():
        named = isinstance(target, str) and (target in {IGNORED, *ROLES} or target.casefold().startswith(ATTRIBUTE))
        if not named and not (isinstance(target, str) and folded(target) in fields):
            names = ", ".join([*dict.fromkeys(fields.values()), *sorted(ROLES)])
            raise FileRefusedError(
                f"{path}: {header!r} cannot be {target!r}; it is one of {names}, 'attr:Label [unit]' or 'ignore'"
            )
    return {folded(header): target for header, target in columns.items()}
