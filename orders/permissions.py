from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


def may_order(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Signed-in customers may, and guests while GUEST_CHECKOUT is on."""
    return bool(settings.GUEST_CHECKOUT or user.is_authenticated)


class MayOrder(BasePermission):
    @property
    def open_to_guests(self) -> bool:
        """Read by the schema."""
        return bool(settings.GUEST_CHECKOUT)

    def has_permission(self, request: Request, view: Any) -> bool:
        del view
        return may_order(request.user)
