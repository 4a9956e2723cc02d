"""Pages of lists."""

from typing import Any, ClassVar

from rest_framework import pagination
from rest_framework.request import Request
from rest_framework.serializers import IntegerField

from foundation.pagination import StrictPageSize, asked_for


class PageNumberPagination(StrictPageSize, pagination.PageNumberPagination):
    """`page`, from 1, and `page_size`, up to 100: else refused. A page beyond the last is a 404."""

    invalid_page_message = "page={page_number}: {message}."
    _numbers: ClassVar[IntegerField] = IntegerField(min_value=1)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        if request.query_params.get(self.page_query_param) in self.last_page_strings:
            return int(paginator.num_pages)
        return asked_for(self.page_query_param, request, self._numbers) or 1
