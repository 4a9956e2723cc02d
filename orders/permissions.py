"""Who may order."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


def may_order(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether it is a signed-in customer, or anyone while GUEST_CHECKOUT is on."""
    return bool(settings.GUEST_CHECKOUT or user.is_authenticated)


class MayOrder(BasePermission):
    """The caller `may_order`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        del view
        return may_order(request.user)
