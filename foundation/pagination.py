"""Pages of lists. An invalid parameter is refused, not silently replaced by a default."""

from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.serializers import IntegerField

from foundation.fields import BIGGEST_ID

MAX_PAGE_SIZE = 100


class StrictPageSize(pagination.BasePagination):
    """`page_size` from 1 to 100."""

    page_size: int | None
    page_size_query_param: str | None = "page_size"
    max_page_size: int | None = MAX_PAGE_SIZE
    page_size_query_description = f"Rows on a page, from 1 to {MAX_PAGE_SIZE}; 20 when left out."
    _sizes: ClassVar[IntegerField] = IntegerField(min_value=1, max_value=MAX_PAGE_SIZE)

    def get_page_size(self, request: Request) -> int | None:
        return _number("page_size", request, self._sizes) or self.page_size


class PageNumberPagination(StrictPageSize, pagination.PageNumberPagination):
    """`page` from 1, and `page_size`. A page beyond the last is a 404."""

    invalid_page_message = "page={page_number}: {message}."
    _numbers: ClassVar[IntegerField] = IntegerField(min_value=1)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        if request.query_params.get(self.page_query_param) in self.last_page_strings:
            return int(paginator.num_pages)
        return _number(self.page_query_param, request, self._numbers) or 1


class CursorPagination(StrictPageSize, pagination.CursorPagination):
    """Pages by position: rows that are added or removed move no other to another page."""

    invalid_cursor_message = "This is not a cursor that this list answered: follow next and previous as they are."

    def is_position(self, position: str) -> bool:
        """Whether it is a value of the first column of `ordering`, which DRF does not check."""
        raise NotImplementedError

    def decode_cursor(self, request: Request) -> pagination.Cursor | None:
        try:
            cursor = super().decode_cursor(request)
            valid = not cursor or cursor.position is None or self.is_position(str(cursor.position))
        except (NotFound, ValueError):
            valid = False
        if not valid:
            raise ValidationError({"cursor": self.invalid_cursor_message})
        return cursor


class NewestFirst(CursorPagination):
    """Pages of a list that grows at the top."""

    ordering = ("-created_at", "-id")

    def is_position(self, position: str) -> bool:
        return parse_datetime(position) is not None


class ById(CursorPagination):
    """Pages for reading all rows of a table of any size."""

    ordering = ("id",)

    def is_position(self, position: str) -> bool:
        return position.isascii() and position.isdigit() and int(position) <= BIGGEST_ID


def _number(name: str, request: Request, valid: IntegerField) -> int | None:
    """The number in the parameter; None when it is missing or empty. Raises ValidationError."""
    value = request.query_params.get(name)
    if not value:
        return None
    try:
        return int(valid.run_validation(value))
    except ValidationError as error:
        raise ValidationError({name: error.detail}) from error
