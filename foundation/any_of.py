"""`column = ANY(array)`: what `__in` finds, without Django's preparing every single value for the statement."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Lookup


class AnyOf(Lookup):
    """A filter: `Product.objects.filter(AnyOf("pk", ids))`. The values are sent as they are."""

    prepare_rhs = False

    def __init__(self, column: str, values: Iterable[Any]) -> None:
        super().__init__(F(column), list(values))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)
