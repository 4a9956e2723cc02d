from django.contrib.admin.options import BaseModelAdmin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnly(BaseModelAdmin):
    """For rows that only services write: nobody can add, change or delete them by hand."""

    def _never(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    has_add_permission = has_change_permission = has_delete_permission = _never
