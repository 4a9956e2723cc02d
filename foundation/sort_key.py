"""The one order of names, in PostgreSQL and in the index: numbers by value, accents with their letter."""

from django.db.models import Func, GeneratedField, TextField


class SortKey(Func):
    """Of the text of a field. Compared byte by byte; `migrations/sort_key.sql` says how it is made."""

    function = "foundation_sort_key"
    output_field = TextField(db_collation="C")


def sort_key(field: str) -> GeneratedField:
    """A column that PostgreSQL itself fills, whoever writes the row."""
    return GeneratedField(expression=SortKey(field), output_field=TextField(db_collation="C"), db_persist=True)
