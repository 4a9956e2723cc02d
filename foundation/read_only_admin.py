from django.contrib.admin.options import BaseModelAdmin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnly(BaseModelAdmin):
    """An admin of rows that only services write: they cannot be added, changed or deleted by hand."""

    def _never(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    has_add_permission = has_change_permission = has_delete_permission = _never
