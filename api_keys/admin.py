"""Keys in the admin: the text of a new one is shown once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from api_keys import selectors, services
from api_keys.models import ORIGINS_HELP, ApiKey, validate_origin


class OriginsField(forms.CharField):
    """One origin in each line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        names = str(super().clean(value)).split()
        for name in names:
            validate_origin(name)
        return names


class ApiKeyForm(forms.ModelForm):
    origins = OriginsField(required=False, help_text=ORIGINS_HELP)

    class Meta:
        model = ApiKey
        fields = ("name", "kind", "origins", "caller_rate", "total_rate")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind", self.instance.kind)
        if kind == ApiKey.Kind.SERVER and cleaned.get("origins"):
            raise ValidationError({"origins": "A server key is never in a page, so it has no origins."})
        return cleaned


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    form = ApiKeyForm
    list_display = ("name", "beginning", "kind", "origins", "created_at", "last_used_at", "revoked_at")
    list_filter = ("kind", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "=beginning")
    actions = ("revoke_keys",)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        del request
        return ("kind", "beginning", "created_at", "last_used_at", "revoked_at") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Revoke it: then it is still known what called, and when."""
        del request, obj
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: Any) -> None:
        if change:
            super().save_model(request, obj, form, change)
            transaction.on_commit(selectors.forget)
            return
        made, text = services.make_key(
            name=obj.name,
            kind=obj.kind,
            origins=obj.origins,
            caller_rate=obj.caller_rate,
            total_rate=obj.total_rate,
        )
        obj.pk, obj.beginning = made.pk, made.beginning
        request.made_key = text  # type: ignore[attr-defined] # for response_add, and nothing that outlives the request

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        del post_url_continue
        context = {**self.admin_site.each_context(request), "opts": self.opts, "key": obj, "title": "The new key"}
        context["text"] = request.made_key  # type: ignore[attr-defined]
        return TemplateResponse(request, "api_keys/made.html", context, headers={"Cache-Control": "private, no-store"})

    @admin.action(description="Revoke the selected keys", permissions=["change"])
    def revoke_keys(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        self.message_user(request, f"{services.revoke(queryset)} revoked; each web server refuses them within 30 s.")
