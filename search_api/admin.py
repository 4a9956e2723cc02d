"""Synonyms, and what the search log tells, in the admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from search_api.analytics import reports
from search_api.models import PopularQuery, SearchLogEntry, Synonym

PERIODS = (7, 30, 90)  # days

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin


@admin.register(Synonym)
class SynonymAdmin(Admin):
    list_display = ("rule", "active")
    list_editable = ("active",)
    list_filter = ("active",)
    search_fields = ("rule",)


class _KeptBySystem(Admin):
    """Looked at, never edited by hand."""

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(PopularQuery)
class PopularQueryAdmin(_KeptBySystem):
    list_display = ("q", "searches")
    search_fields = ("q",)


@admin.register(SearchLogEntry)
class SearchLogEntryAdmin(_KeptBySystem):
    change_list_template = "admin/search_api/search_log.html"
    list_display = ("q", "count", "relaxed", "degraded", "took_ms", "created_at")
    list_filter = ("relaxed", "degraded", "created_at")
    search_fields = ("q",)
    date_hierarchy = "created_at"

    def get_urls(self) -> list[URLPattern]:
        report = path("reports/", self.admin_site.admin_view(self.reports), name="search_api_reports")
        return [report, *super().get_urls()]

    def reports(self, request: HttpRequest) -> HttpResponse:
        """Popular queries, those that find nothing, and those that find what nobody opens."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
        context = {
            **self.admin_site.each_context(request),
            "title": "Search reports",
            "opts": self.opts,
            "days": days,
            "periods": PERIODS,
            "reports": [
                ("Popular", "What shoppers look for most.", reports.popular(days)),
                (
                    "Nothing found",
                    "Never answered as asked: stock it, or add a synonym.",
                    reports.without_results(days),
                ),
                ("Hardly clicked", "Something is found, but not what was meant.", reports.low_click(days)),
            ],
        }
        return TemplateResponse(request, "admin/search_api/reports.html", context)
