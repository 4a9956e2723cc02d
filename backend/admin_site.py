"""The admin, which answers 400 where a query string, path or body makes no sense to Django or PostgreSQL."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest, FieldError, ValidationError
from django.db import DataError, ProgrammingError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]
NUL = "\0"
# What filters raise when their values cannot be compared: the year 0, a number that no column holds, text for a number.
UNUSABLE = (ValueError, OverflowError, DataError, ProgrammingError, ValidationError, FieldError, TypeError)


class ShopAdminSite(AdminSite):
    def admin_view(self, view: View, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        @functools.wraps(view)
        def checked(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
            if NUL in request.path_info or any(NUL in text for values in request.GET.lists() for text in values[1]):
                raise BadRequest("A character that no text contains.")
            try:
                response = view(request, *arguments, **options)
                # Lists are read while the page is rendered, which would be after this.
                return response.render() if hasattr(response, "render") else response
            except RecursionError as error:
                raise BadRequest("Nested too deeply.") from error
            except UNUSABLE as error:
                if not request.GET:
                    raise
                raise BadRequest(f"The query string cannot be used: {error}") from error

        return super().admin_view(checked, cacheable)
