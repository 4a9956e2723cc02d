from django.contrib import admin

from foundation.models import IdempotencyRecord
from foundation.read_only_admin import ReadOnly


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "scope", "caller", "key", "answer")
    list_filter = ("scope", "created_at")
    search_fields = ("=caller", "=key")
    show_full_result_count = False
