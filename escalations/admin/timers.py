"""Timers: what is due when."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import to_page
from escalations.models import Timer


@admin.register(Timer)
class TimerAdmin(RecordAdmin):
    """Read only; the sweeper alone fires them."""

    list_display = ("id", "kind", "due_at", "state", "fired_at", "record", "question")
    list_filter = ("state", "kind")
    ordering = ("-id",)
    record = to_page("escalation", "desk-record", "record")
    question = to_page("case", "review-case", "case")
    fields = (("kind", "state"), ("due_at", "fired_at"), ("record", "question"), ("generation", "urgency"))
    readonly_fields = ("record", "question")
