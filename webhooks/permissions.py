from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

VIEW, ADD, CHANGE, DELETE, SEND = (
    f"webhooks.{action}_subscription" for action in ("view", "add", "change", "delete", "send")
)


class MayManageWebhooks(BasePermission):
    """Any of the permissions that the view's `permissions_of` names for the method: those of the admin."""

    methods: ClassVar[dict[str, tuple[str, ...]]] = {
        "GET": (VIEW, CHANGE),
        "HEAD": (VIEW, CHANGE),
        "OPTIONS": (VIEW, CHANGE),
        "POST": (ADD,),
        "PATCH": (CHANGE,),
        "DELETE": (DELETE,),
    }

    def has_permission(self, request: Request, view: Any) -> bool:
        allowed = view.permissions_of.get(request.method, self.methods.get(str(request.method), ()))
        return any(request.user.has_perm(permission) for permission in allowed)
