"""Synonyms, popular queries and the search log with its reports, in the admin."""

from django.contrib.admin import ModelAdmin, register
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from foundation.read_only_admin import ReadOnly
from search_api.analytics import reports
from search_api.analytics.proposals import synonym_rules
from search_api.models import PopularQuery, SearchLogEntry, Synonym

PERIODS = (7, 30, 90)  # days


@register(Synonym)
class SynonymAdmin(ModelAdmin):
    list_display = ("rule", "active")
    list_editable = ("active",)
    list_filter = ("active",)
    search_fields = ("rule",)


@register(PopularQuery)
class PopularQueryAdmin(ReadOnly, ModelAdmin):
    list_display = ("q", "searches")
    search_fields = ("q",)


@register(SearchLogEntry)
class SearchLogEntryAdmin(ReadOnly, ModelAdmin):
    change_list_template = "admin/search_api/search_log.html"
    list_display = ("q", "count", "relaxed", "degraded", "took_ms", "created_at")
    list_filter = ("relaxed", "degraded", "created_at")
    search_fields = ("q",)
    date_hierarchy = "created_at"

    def get_urls(self) -> list[URLPattern]:
        report = path("reports/", self.admin_site.admin_view(self.reports), name="search_api_reports")
        return [report, *super().get_urls()]

    def reports(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        requested = request.GET.get("days", "")
        days = int(requested) if requested in map(str, PERIODS) else PERIODS[0]
        unfound, changed = reports.without_results(days), reports.only_relaxed(days)
        may_add = request.user.has_perm("search_api.add_synonym")
        tables = [
            ("Popular", "The most frequent queries.", reports.popular(days)),
            (
                "Nothing found",
                "No search found any product. Add such products to the catalogue, or a synonym that finds others.",
                unfound,
            ),
            (
                "Only something else found",
                "Every search had to change the query or its filters to find something.",
                changed,
            ),
            (
                "Rarely clicked",
                "Products were found, but fewer than 1 in 10 searches led to a click: probably the wrong products.",
                reports.low_click(days),
            ),
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Search reports",
            "opts": self.opts,
            "days": days,
            "periods": PERIODS,
            "reports": tables,
            "proposals": [
                (row.q, rules) for row in [*unfound, *changed] if may_add and (rules := synonym_rules(row.q))
            ],
        }
        return TemplateResponse(request, "admin/search_api/reports.html", context)
