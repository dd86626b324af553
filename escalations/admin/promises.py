"""Promises: what customers were told to expect."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import to_page
from escalations.models import Promise


@admin.register(Promise)
class PromiseAdmin(RecordAdmin):
    """Read only; promising is on the Desk."""

    list_display = ("text", "record", "to_whom", "state", "due_at", "made_by", "ended_at")
    list_filter = ("state",)
    list_select_related = ("made_by",)
    search_fields = ("text", "to_whom")
    record = to_page("escalation", "desk-record", "record")
    fields = (("record", "state"), "text", ("to_whom", "due_at"), ("made_by", "made_at", "ended_at"), "reason")
    readonly_fields = ("record",)
