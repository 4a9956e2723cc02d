"""Pages of a list that grows at its top."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by position, not by number: an order placed meanwhile shifts nothing from one page to the next."""

    ordering = ("-created_at", "-id")
    page_size_query_param = "page_size"
    max_page_size = 100
    invalid_cursor_message = "This is not a cursor that this list answered: follow next and previous as they are."
