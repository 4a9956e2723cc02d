"""Pages of lists."""

from rest_framework import pagination

from stores.pagination import StrictPageSize


class PageNumberPagination(StrictPageSize, pagination.PageNumberPagination):
    """`page` and `page_size`, the latter up to 100."""

    invalid_page_message = "page={page_number}: {message}."
