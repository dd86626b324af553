"""Correlation keys: under what later signals find a record."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import to_page
from escalations.models import CorrelationKey


@admin.register(CorrelationKey)
class CorrelationKeyAdmin(RecordAdmin):
    """Read only."""

    list_display = ("key", "live", "record")
    list_filter = ("live",)
    search_fields = ("key",)
    ordering = ("-id",)
    record = to_page("escalation", "desk-record", "record")
    fields = ("key", "live", "record")
    readonly_fields = ("record",)
