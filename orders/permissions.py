"""Who may order."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class MayOrder(BasePermission):
    """A signed-in customer, or anyone while GUEST_CHECKOUT is on."""

    def has_permission(self, request: Request, view: Any) -> bool:
        del view
        return bool(settings.GUEST_CHECKOUT or request.user.is_authenticated)
