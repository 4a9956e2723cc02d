"""How a view becomes an operation of the OpenAPI schema. Views need it when they are defined."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class OperationSchema(AutoSchema):
    """Knows of permissions that guests have too: those with a true `open_to_guests`."""

    def get_auth(self) -> list[dict[str, Any]]:
        alternatives: list[dict[str, Any]] = super().get_auth()
        is_open = any(getattr(permission, "open_to_guests", False) for permission in self.view.get_permissions())
        return [*alternatives, {}] if is_open else alternatives
