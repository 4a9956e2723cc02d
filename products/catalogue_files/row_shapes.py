"""Rows as other shop systems write them, as rows of products: attributes that cells name, and variants.

It works on the cells as they are in the file, before they are read as values.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from products.catalogue_files.columns import ATTRIBUTE, Column, NamedAttribute
from products.catalogue_files.rows import BadRow, Row
from products.errors import FileRefusedError

# Fields that a variant never inherits.
OWN = frozenset({"sku", "gtins", "price", "sale_price", "sale_from", "sale_until", "sale_dates", "list_price"})
LONGEST_GROUP = 5_000  # rows of one product, which are held in memory
_REFERENCE = re.compile(r"\{([^{}]+)\}")
_PACKED = re.compile(r"(?:^|,)\s*([^\W\d][\w-]*)=")
# What Shopify writes for a product without options.
_NO_OPTIONS = ("title", "default title")


@dataclass
class RowShape:
    """How rows are read. `headers` are those of each field and role that the file has."""

    headers: Mapping[str, Sequence[str]]
    named: Mapping[str, NamedAttribute]  # by the header of the values
    bad: Callable[[int, str, str], BadRow]
    parents: int = 0  # rows that only describe their variants; after reading

    @staticmethod
    def of(columns: Collection[Column], bad: Callable[[int, str, str], BadRow]) -> "RowShape | None":
        """The shape of rows with these columns; None when every row is a product."""
        headers: dict[str, list[str]] = {}
        for column in columns:
            headers.setdefault(column.role if isinstance(column.role, str) else "", []).append(column.header)
            headers.setdefault(column.field, []).append(column.header)
        named = {column.header: column.role for column in columns if isinstance(column.role, NamedAttribute)}
        if not named and not headers.keys() & {"variant_group", "variant_of"}:
            return None
        known = {column.header for column in columns}
        for header, attribute in named.items():
            if missing := [each for each in _REFERENCE.findall(attribute.label) if each not in known]:
                raise FileRefusedError(f"{header!r} is mapped by {missing[0]!r}, a column that the file does not have")
        return RowShape(headers, named, bad)

    def rows(self, read: Callable[[], Iterator[Row | BadRow]]) -> Iterator[Row | BadRow]:
        """The rows of products. `read` starts reading the file again."""
        self.parents = 0
        if "variant_group" in self.headers:
            return self._of_groups(read())
        if "variant_of" in self.headers:
            return self._below_parents(read)
        return map(self._with_named, read())

    def _of_groups(self, rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
        group: list[Row] = []
        follows_bad = is_below_bad = False  # this row a bad one; the first row of the group a bad one
        for row in rows:
            if isinstance(row, BadRow):  # of this group, or of the next one
                yield row
                follows_bad = True
                continue
            name = self._cell(row, "variant_group")
            if group and (name != self._cell(group[0], "variant_group") or len(group) == LONGEST_GROUP):
                yield from self._variants(group, is_below_bad=is_below_bad)
                group = []
            if name:
                is_below_bad = is_below_bad if group else follows_bad
                group.append(row)
            else:
                yield self._with_named(row)
            follows_bad = False
        if group:
            yield from self._variants(group, is_below_bad=is_below_bad)

    def _variants(self, group: Sequence[Row], *, is_below_bad: bool) -> Iterator[Row | BadRow]:
        """The rows with a SKU or a price. The first one describes all, and every row may add a picture."""
        first = group[0]
        sold = [row for row in group if self._cell(row, "sku") or self._cell(row, "price")] or [first]
        if is_below_bad and "name" in self.headers and not self._cell(first, "name"):
            reason = "the row that describes it is bad: the one above the first of its group"
            yield from (self.bad(row.line, self.headers["variant_group"][0], reason) for row in sold)
            return
        of_pictures = self.headers.get("images", ())
        in_order = sorted(group, key=self._image_position)
        pictures = [cell for row in in_order for header in of_pictures if (cell := row.values.get(header))]
        for row in sold:
            values = self._inherited(first, row)
            own = self._cell(row, "variant_image")
            if pictures or own:
                values |= dict.fromkeys(of_pictures)
                values["images"] = list(dict.fromkeys([*([own] if own else []), *pictures]))
            shaped = self._with_named(replace(row, values=values))
            title = self._cell(first, "name")
            if len(sold) > 1 and title and self._cell(row, "name") in {"", title}:
                options = " / ".join(
                    str(value)
                    for header, attribute in self.named.items()
                    for _, value in _attributes(values.get(header), attribute, values)
                    if not isinstance(value, list)
                )
                shaped.values[self.headers["name"][0]] = f"{title} - {options}" if options else title
            yield shaped

    def _below_parents(self, read: Callable[[], Iterator[Row | BadRow]]) -> Iterator[Row | BadRow]:
        rows = (row for row in read() if isinstance(row, Row))
        wanted = {cell for row in rows if (cell := self._cell(row, "variant_of"))}
        parents: dict[str, Row] = {}
        for each in read():
            if isinstance(each, Row):
                parents |= {name: each for name in self._names(each) if name in wanted}
        for each in read():
            if isinstance(each, BadRow):
                yield each
            elif parent_name := self._cell(each, "variant_of"):
                if parent := parents.get(parent_name):
                    yield self._with_named(replace(each, values=self._inherited(parent, each)))
                else:
                    header = self.headers["variant_of"][0]
                    yield self.bad(each.line, header, f"no row is {parent_name!r}, which this is a variant of")
            elif wanted.intersection(self._names(each)) and not self._cell(each, "price"):
                self.parents += 1
            else:
                yield self._with_named(each)

    def _names(self, row: Row) -> list[str]:
        """The names by which variants refer to this row: its SKU, its id or, in WooCommerce, id:44."""
        number = self._cell(row, "variant_id")
        return [name for name in (self._cell(row, "sku"), number, number and f"id:{number}") if name]

    def _inherited(self, parent: Row, row: Row) -> dict[str, Any]:
        names = (*OWN, "variant_of", "variant_id", "variant_image")
        own = {header for name in names for header in self.headers.get(name, ())}
        return {header: cell for header, cell in parent.values.items() if header not in own} | row.values

    def _image_position(self, row: Row) -> int:
        """Where the row's picture is among those of its group; without a number, behind the others."""
        position = self._cell(row, "image_position").removesuffix(".0")
        return int(position) if position.isascii() and position.isdigit() else LONGEST_GROUP

    def _cell(self, row: Row, name: str) -> str:
        """The text in the first column of a field or role that has one."""
        cells = (row.values.get(header) for header in self.headers.get(name, ()))
        return next((str(cell).strip() for cell in cells if cell), "")

    def _with_named(self, row: Row | BadRow) -> Any:
        if isinstance(row, BadRow) or not self.named:
            return row
        values = dict(row.values)
        for header, attribute in self.named.items():
            for name, value in _attributes(values.pop(header, None), attribute, row.values):
                values[f"{ATTRIBUTE}{name}"] = value
        return replace(row, values=values)


def _attributes(cell: Any, attribute: NamedAttribute, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if not cell:
        return
    if attribute.label == "*":
        parts = _PACKED.split(str(cell))[1:]  # name, value, name, value, ...
        for name, value in zip(parts[::2], parts[1::2], strict=True):
            if value:
                yield name, _split(value, attribute.mark)
        return
    name = _REFERENCE.sub(lambda found: str(values.get(found[1]) or ""), attribute.label).strip()
    name = re.sub(r"\s*\[\s*\]$", "", name)
    if name and (name.casefold(), str(cell).strip().casefold()) != _NO_OPTIONS:
        yield name, _split(cell, attribute.mark)


def _split(cell: Any, mark: str) -> Any:
    r"""The values of a cell: one, or a list of several. A mark that belongs to a value has a '\' before it."""
    if not mark or not isinstance(cell, str):
        return cell
    parts = (part.replace(f"\\{mark}", mark).strip() for part in re.split(rf"(?<!\\){re.escape(mark)}", cell))
    found = [part for part in parts if part]
    return found[0] if len(found) == 1 else found
