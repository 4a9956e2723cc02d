"""The index in the admin: what serves, what waits, what was refused; with buttons to retry, to check and to rebuild."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from celery import current_app
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError
from opensearchpy import NotFoundError

from indexing import claims, indices
from indexing.errors import EngineUnavailableError
from indexing.models import IndexCheck, PhysicalIndex, SyncState
from indexing.selectors import sync_figures

PARKED_SHOWN = 50
CHECKS_SHOWN = 10


if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin


class ReadOnlyAdmin(Admin):
    """What the system keeps for itself: looked at, never edited by hand."""

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class ParkedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, *_: Any) -> list[tuple[str, str]]:
        return [("pending", "Pending"), ("parked", "Refused")]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        chosen: dict[str | None, Callable[[], Any]] = {"pending": queryset.pending, "parked": queryset.parked}
        return chosen.get(self.value(), queryset.all)()


@admin.register(SyncState)
class SyncStateAdmin(ReadOnlyAdmin):
    list_display = ("product_id", "version", "indexed_version", "changed_at", "due_at", "attempts", "error")
    list_filter = (ParkedFilter,)
    search_fields = ("product_id__exact",)
    search_help_text = "A product's id"
    ordering = ("product_id",)
    show_full_result_count = False


@admin.register(IndexCheck)
class IndexCheckAdmin(ReadOnlyAdmin):
    list_display = ("finished_at", "products", "documents", "missing", "stale", "extra", "remaining", "parked")


@admin.register(PhysicalIndex)
class PhysicalIndexAdmin(ReadOnlyAdmin):
    """One page about the index instead of a list of rows."""

    BUTTONS: ClassVar[list[tuple[str, str]]] = [
        ("retry", "Retry refused products"),
        ("check", "Check and repair"),
        ("rebuild", "Rebuild"),
    ]
    # What a button queues, and what the person is told.
    TASKS: ClassVar[dict[str, tuple[str, str]]] = {
        "sync": ("indexing.tasks.sync_index", "Sync was asked for."),
        "check": ("indexing.tasks.check_index", "A check was asked for; what it finds is repaired and shown here."),
        "rebuild": ("indexing.tasks.rebuild_index", "A rebuild was asked for; this index serves until it is done."),
    }

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
            "indices": [(index, _documents(index.name)) for index in PhysicalIndex.objects.all()],
            "parked": SyncState.objects.parked().order_by("changed_at")[:PARKED_SHOWN],
            "checks": IndexCheck.objects.all()[:CHECKS_SHOWN],
            "may_act": _may_act(request),
            "buttons": self.BUTTONS,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/indexing/index_page.html", context)

    def act(self, request: HttpRequest, action: str) -> HttpResponse:
        """A button was pressed."""
        if not _may_act(request):
            raise PermissionDenied
        if action == "retry":
            messages.success(request, f"{claims.retry_parked()} refused products are tried again.")
            action = "sync"
        if action not in self.TASKS:
            raise Http404
        self._queue(request, *self.TASKS[action])
        return HttpResponseRedirect(reverse("admin:indexing_physicalindex_changelist"))

    def _queue(self, request: HttpRequest, task: str, told: str) -> None:
        try:
            current_app.send_task(task)
        except (OperationalError, OSError):
            messages.error(request, "Redis does not answer: nothing was asked for. Use manage.py instead.")
        else:
            messages.success(request, told)


def _may_act(request: HttpRequest) -> bool:
    return request.user.has_perm("indexing.change_physicalindex")


def _documents(index: str) -> int | str:
    """How many documents searches see, or why that is not known."""
    try:
        return indices.count(index)
    except NotFoundError:
        return "not in OpenSearch"
    except EngineUnavailableError:
        return "OpenSearch does not say"
