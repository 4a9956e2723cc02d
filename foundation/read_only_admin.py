from django.contrib.admin.options import BaseModelAdmin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnly(BaseModelAdmin):
    """For rows that only services write: nobody can add, change or delete them by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False
