"""Pages of lists."""

from rest_framework import pagination


class PageNumberPagination(pagination.PageNumberPagination):
    """`page` and `page_size`, the latter up to 100."""

    page_size_query_param = "page_size"
    max_page_size = 100
    invalid_page_message = "page={page_number}: {message}."
