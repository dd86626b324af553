"""Cases: questions that a person decides."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty, to_page
from escalations.models import Case


@admin.register(Case)
class CaseAdmin(RecordAdmin):
    """Read only; deciding is on the review page."""

    list_display = ("page", "question", "reason", "state", "owner", "due_at", "record")
    list_display_links = ("question",)
    list_filter = ("state", "reason")
    list_select_related = ("owner",)
    search_fields = ("question", "subject")
    page = to_page("pk", "review-case", "on the review page")
    record = to_page("escalation", "desk-record", "record")
    known_shown = pretty("known", "what is known")
    answers_shown = pretty("answers", "suggested answers")
    decision_shown = pretty("decision", "decision")
    fieldsets = (
        (None, {"fields": (("page", "record", "source"), "question", ("subject", "field"), ("reason", "state"))}),
        ("Owner", {"fields": (("owner", "due_at", "opened_at"), ("claimed_by", "claimed_at", "wake_at"))}),
        ("What is known", {"fields": ("known_shown", "answers_shown")}),
        (
            "Decision",
            {
                "fields": (
                    "decision_shown",
                    "decision_reason",
                    ("decided_by", "decided_at"),
                    ("effective_at", "applied_at"),
                )
            },
        ),
        ("Keeping", {"fields": (("key", "version"),)}),
    )
    readonly_fields = ("page", "record", "known_shown", "answers_shown", "decision_shown")
