from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

VIEW, ADD, CHANGE = "products.view_product", "products.add_product", "products.change_product"


class MayReadAllProducts(BasePermission):
    """The caller may see products in the admin, hidden ones too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        del view
        return request.user.has_perm(VIEW) or request.user.has_perm(CHANGE)


class MayWriteProducts(BasePermission):
    """To create a product, the caller also needs the permission to add products (`may_create`)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        del view
        return request.user.has_perm(CHANGE)


def may_create(request: Request) -> bool:
    return bool(request.user.has_perm(ADD))
