"""Steps: the guided work of each record, what people answered, what was kept."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty, to_page
from escalations.models import Snapshot, StepAnswer, StepRun


@admin.register(StepRun)
class StepRunAdmin(RecordAdmin):
    """Read only."""

    list_display = ("title", "record", "position", "do", "state", "done_at", "done_by")
    list_filter = ("state", "do")
    list_select_related = ("done_by",)
    search_fields = ("title",)
    ordering = ("-id",)
    record = to_page("escalation", "desk-record", "record")
    question = to_page("case", "review-case", "case")
    kept = pretty("data", "kept")
    fieldsets = (
        (
            "Step",
            {"fields": (("record", "question"), ("position", "step"), "block", ("title", "do"), "state", "outcome")},
        ),
        ("Time", {"fields": (("started_at", "due_at", "done_at"), ("tries", "turn"))}),
        ("People", {"fields": (("waits_for", "asked_by", "done_by"),)}),
        ("Keeping", {"fields": ("template", "awaits", "kept")}),
    )
    readonly_fields = ("record", "question", "kept")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[StepRun]":
        """A list needs none of the JSON."""
        rows: QuerySet[StepRun] = super().get_queryset(request)
        return rows.defer("data")


@admin.register(StepAnswer)
class StepAnswerAdmin(RecordAdmin):
    """Read only: answered once, for good."""

    list_display = ("at", "run", "verdict", "value", "by", "asked_by")
    list_filter = ("verdict",)
    list_select_related = ("run", "by", "asked_by")
    search_fields = ("run__title", "comment")
    ordering = ("-id",)
    fields = (("run", "turn"), ("verdict", "value"), ("asked_by", "by", "at"), "comment")


@admin.register(Snapshot)
class SnapshotAdmin(RecordAdmin):
    """Read only: what was said at that moment."""

    list_display = ("at", "record", "run", "digest")
    list_select_related = ("run",)
    search_fields = ("digest",)
    record = to_page("escalation", "desk-record", "record")
    said = pretty("content", "what was said")
    fields = (("record", "run", "at"), "digest", "said")
    readonly_fields = ("record", "said")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Snapshot]":
        """A list needs none of the JSON."""
        rows: QuerySet[Snapshot] = super().get_queryset(request)
        return rows.defer("content")
