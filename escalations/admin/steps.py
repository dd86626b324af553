"""Steps: the guided work of each record."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import to_page
from escalations.models import StepRun


@admin.register(StepRun)
class StepRunAdmin(RecordAdmin):
    """Read only."""

    list_display = ("title", "record", "position", "do", "state", "done_at", "done_by")
    list_filter = ("state",)
    list_select_related = ("done_by",)
    search_fields = ("title",)
    ordering = ("-id",)
    record = to_page("escalation", "desk-record", "record")
    fields = (("record", "position", "step"), ("title", "do", "state"), ("started_at", "done_at", "done_by"), "outcome")
    readonly_fields = ("record",)
