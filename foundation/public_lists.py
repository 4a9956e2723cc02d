"""Lists that anybody may read."""

from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.replica import may_be_late

M = TypeVar("M", bound=Model)


class PublicList(generics.ListAPIView[M]):
    """Anonymous callers get it from the standby. One who is signed in may look for their own last change."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        read = super().list if request.user.is_authenticated else may_be_late(super().list)
        return read(request, *args, **kwargs)
