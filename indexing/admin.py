"""The index in the admin: serving index, pending and refused products, checks; retry, check and rebuild."""

from collections.abc import Callable
from typing import Any

from celery import current_app
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError
from opensearchpy import NotFoundError

from foundation.read_only_admin import ReadOnly
from indexing import claims, indices
from indexing.errors import EngineUnavailableError
from indexing.models import IndexCheck, PhysicalIndex, SyncState
from indexing.selectors import sync_figures

PARKED_SHOWN = 50
CHECKS_SHOWN = 10
CHANGE = "indexing.change_physicalindex"
# Button, task to queue, message.
ACTIONS = {
    "retry": ("Retry refused products", "indexing.tasks.sync_index", "A sync was queued."),
    "check": (
        "Check and repair",
        "indexing.tasks.check_index",
        "A check was queued. What it finds is repaired and shown here.",
    ),
    "rebuild": (
        "Rebuild",
        "indexing.tasks.rebuild_index",
        "A rebuild was queued. This index serves until it is done.",
    ),
}


class ParkedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, *_: Any) -> list[tuple[str, str]]:
        return [("pending", "Pending"), ("parked", "Refused")]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        filters: dict[str | None, Callable[[], Any]] = {"pending": queryset.pending, "parked": queryset.parked}
        return filters.get(self.value(), queryset.all)()


@admin.register(SyncState)
class SyncStateAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("product_id", "version", "indexed_version", "changed_at", "due_at", "attempts", "error")
    list_filter = (ParkedFilter,)
    search_fields = ("product_id__exact",)
    search_help_text = "A product's id"
    ordering = ("product_id",)
    show_full_result_count = False


@admin.register(IndexCheck)
class IndexCheckAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("finished_at", "products", "documents", "missing", "stale", "extra", "remaining", "parked")


@admin.register(PhysicalIndex)
class PhysicalIndexAdmin(ReadOnly, admin.ModelAdmin):
    """One page about the index instead of a list of rows."""

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(require_POST(self.act))
        return [path("act/<slug:action>/", act, name="indexing_act"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Search index",
            "opts": self.opts,
            "figures": sync_figures(),
            "indices": [(index, _document_count(index.name)) for index in PhysicalIndex.objects.all()],
            "parked": SyncState.objects.parked().order_by("changed_at")[:PARKED_SHOWN],
            "checks": IndexCheck.objects.all()[:CHECKS_SHOWN],
            "may_act": request.user.has_perm(CHANGE),
            "buttons": [(action, label) for action, (label, _, _) in ACTIONS.items()],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/indexing/index_page.html", context)

    def act(self, request: HttpRequest, action: str) -> HttpResponse:
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        if action not in ACTIONS:
            raise Http404
        label, task, message = ACTIONS[action]
        if action == "rebuild" and "confirmed" not in request.POST:
            context = {**self.admin_site.each_context(request), "title": label, "opts": self.opts}
            return TemplateResponse(request, "admin/indexing/confirm_rebuild.html", context)
        if action == "retry":
            messages.success(request, f"{claims.retry_parked()} refused products are tried again.")
        try:
            current_app.send_task(task)
        except (OperationalError, OSError):
            messages.error(request, "Redis does not answer, so nothing was queued. Use manage.py instead.")
        else:
            messages.success(request, message)
        return HttpResponseRedirect(reverse("admin:indexing_physicalindex_changelist"))


def _document_count(index: str) -> int | str:
    """The number of documents that searches see, or why it is unknown."""
    try:
        return indices.count(index)
    except NotFoundError:
        return "not in OpenSearch"
    except EngineUnavailableError:
        return "OpenSearch does not answer"
