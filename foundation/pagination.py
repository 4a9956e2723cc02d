"""Which page of a list is asked for, and how many rows it has."""

from typing import ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.serializers import IntegerField

MAX_PAGE_SIZE = 100


class StrictPageSize(BasePagination):
    """`page_size` from 1 to 100. Anything else is refused, as the search does, instead of quietly being 20 or 100."""

    page_size: int | None
    page_size_query_param: str | None = "page_size"
    max_page_size: int | None = MAX_PAGE_SIZE
    page_size_query_description = f"Rows on a page, from 1 to {MAX_PAGE_SIZE}; 20 when left out."
    _sizes: ClassVar[IntegerField] = IntegerField(min_value=1, max_value=MAX_PAGE_SIZE)

    def get_page_size(self, request: Request) -> int | None:
        return asked_for("page_size", request, self._sizes) or self.page_size


def asked_for(name: str, request: Request, valid: IntegerField) -> int | None:
    """The number in the parameter; None when there is none. ValidationError under its name."""
    asked = request.query_params.get(name)
    if not asked:
        return None
    try:
        return int(valid.run_validation(asked))
    except ValidationError as error:
        raise ValidationError({name: error.detail}) from error
