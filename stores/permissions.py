from typing import Any

from django.http import Http404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from stores.selectors import store_exists, works_at


class IsStoreStaff(BasePermission):
    """The caller works at the store in the URL. Http404 for an unknown store."""

    message = "Only the staff of this store may do that."

    def has_permission(self, request: Request, view: Any) -> bool:
        store_id: int = view.kwargs["store_id"]
        if not request.user.is_authenticated:
            return False
        if works_at(request.user, store_id):
            return True
        if not store_exists(store_id):
            raise Http404("There is no such store.")
        return False
