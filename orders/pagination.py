"""Pages of a list that grows at its top."""

from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from foundation.pagination import StrictPageSize


class NewestFirst(StrictPageSize, CursorPagination):
    """Pages by position, not by number: an order placed meanwhile shifts nothing from one page to the next."""

    ordering = ("-created_at", "-id")
    invalid_cursor_message = "This is not a cursor that this list answered: follow next and previous as they are."

    def decode_cursor(self, request: Request) -> Cursor | None:
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise self._refusal() from error
        if cursor and cursor.position is not None and not _is_time(str(cursor.position)):
            raise self._refusal()
        return cursor

    def _refusal(self) -> ValidationError:
        return ValidationError({"cursor": self.invalid_cursor_message})


def _is_time(text: str) -> bool:
    try:
        return parse_datetime(text) is not None
    except ValueError:
        return False
