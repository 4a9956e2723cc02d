"""The one order of names, in PostgreSQL and in the index: numbers by value, accents with their letter."""

from django.db.models import Func, GeneratedField, TextField


class SortKey(Func):
    """The sort key of a field's text, compared byte by byte; `migrations/sort_key.sql` computes it."""

    function = "foundation_sort_key"
    output_field = TextField(db_collation="C")


def sort_key(field: str) -> GeneratedField:
    """A column that PostgreSQL computes for every write, also of raw SQL."""
    return GeneratedField(expression=SortKey(field), output_field=TextField(db_collation="C"), db_persist=True)
