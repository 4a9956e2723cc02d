"""What an import prints: how it reads the file, and what it changed or would change."""

from collections.abc import Sequence

from products.catalogue_files.columns import Column, NamedAttribute, folded
from products.table_import import TableImport

MOST_NAMES = 20  # in one line


def how_it_is_read(imported: TableImport) -> str:
    """The form of the file, and its columns; after `learn`."""
    fields = [column for column in imported.columns.values() if column.field]
    lines = [f"{imported.file.name}: {imported.file.described}"]
    if renamed := [f"{column.header} = {column.field}" for column in fields if folded(column.header) != column.field]:
        lines.append(f"  fields: {', '.join(renamed)}")
    attributes = {column.attribute.code for column in imported.columns.values() if column.attribute}
    if attributes:
        lines.append(f"  attributes: {_listed(sorted(attributes))}")
    others = [column for column in imported.columns.values() if not column.field and not column.attribute]
    if shaping := [column for column in others if column.role]:
        lines.append(f"  rows are read by: {', '.join(map(_role, shaping))}")
    if imported.shape and imported.shape.parents:
        lines.append(f"  {imported.shape.parents:,} rows are no products: they only describe their variants")
    if ignored := [column.header for column in others if not column.role]:
        lines.append(f"  ignored: {_listed(ignored)}")
    lines += [f"  {note}" for note in imported.notes]
    return "\n".join(lines)


def counts(imported: TableImport) -> str:
    saved = imported.saved
    unchanged = imported.rows - saved.created - saved.updated
    rows = f"{saved.created:,} created, {saved.updated:,} updated, {unchanged:,} unchanged"
    others = {"bad rows skipped": imported.bad, "values left out": len(imported.left_out)}
    return ", ".join([rows, *(f"{count:,} {what}" for what, count in others.items() if count)])


def changes(imported: TableImport) -> str:
    """What a dry run found: which fields change, and which categories and attributes would be created; '' for none."""
    lines = [f"  {name} of {count:,} products" for name, count in imported.saved.fields.most_common()]
    if imported.saved.new_categories:
        lines.append(f"  new categories: {_listed(sorted(imported.saved.new_categories))}")
    if imported.new_attributes:
        kinds = [
            f"{code} ({kind.type}{f', {kind.unit}' if kind.unit else ''})"
            for code, kind in sorted(imported.new_attributes.items())
        ]
        lines.append(f"  new attributes: {_listed(kinds)}")
    return "\n".join(lines)


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {rest:,} more" if rest > 0 else "")


def _role(column: Column) -> str:
    if isinstance(column.role, NamedAttribute):
        return f"{column.header} (attributes)"
    return f"{column.header} ({column.role.replace('_', ' ')})"
