"""Signals, and how far the line took each."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty, to_page
from escalations.models import Signal


@admin.register(Signal)
class SignalAdmin(RecordAdmin):
    """Read only; a signal is sent again on its own page."""

    list_display = ("id", "source", "stage", "received_at", "record", "question", "attempts")
    list_filter = ("stage", "source")
    list_select_related = ("source",)
    page = to_page("pk", "signal", "on the signals page")
    record = to_page("escalation", "desk-record", "record")
    question = to_page("case", "review-case", "case")
    facts_shown = pretty("facts", "facts")
    reasons_shown = pretty("reasons", "what was decided")
    answers_shown = pretty("answers", "answers of people")
    versions_shown = pretty("versions", "versions that decided")
    considered_shown = pretty("considered", "what was looked up")
    decided_shown = pretty("decided", "the decision")
    fieldsets = (
        (None, {"fields": (("page", "source", "stage"), ("received_at", "processed_at"), ("record", "question"))}),
        ("What it says", {"fields": ("facts_shown", "reasons_shown", "answers_shown", "versions_shown")}),
        ("Decided on", {"fields": ("considered_shown", "decided_shown", "decision_digest")}),
        ("Origin", {"fields": (("delivery", "position"), ("attempts", "next_try_at"))}),
    )
    readonly_fields = (
        "page", "record", "question", "facts_shown", "reasons_shown", "answers_shown", "versions_shown",
        "considered_shown", "decided_shown",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Signal]":
        """A list needs none of the JSON."""
        rows: QuerySet[Signal] = super().get_queryset(request)
        return rows.defer("facts", "reasons", "answers", "versions", "considered", "decided", "decided_on")
