"""How many rows a page of a list has."""

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
        asked = request.query_params.get("page_size")
        if not asked:
            return self.page_size
        try:
            return int(self._sizes.run_validation(asked))
        except ValidationError as error:
            raise ValidationError({"page_size": error.detail}) from error
