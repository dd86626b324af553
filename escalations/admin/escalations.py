"""Escalations: every column of the ledger, for whoever needs more than the Desk shows."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty, to_page
from escalations.models import Escalation


@admin.register(Escalation)
class EscalationAdmin(RecordAdmin):
    """Read only; acts are on the Desk."""

    list_display = ("page", "title", "account", "state", "severity", "owner", "next_due_at")
    list_display_links = ("title",)
    list_filter = ("state", "kind", "blocker", "held")
    list_select_related = ("account", "owner")
    search_fields = ("title", "account__name")
    page = to_page("pk", "desk-record", "on the Desk")
    risk_shown = pretty("risk", "risk")
    facts_shown = pretty("facts", "settled facts")
    reasons_shown = pretty("rank_reasons", "why it ranks so")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("page", "account"),
                    "title",
                    "summary",
                    ("state", "severity", "kind", "tier"),
                    ("blocker", "blocker_note", "held"),
                    ("resolution",),
                )
            },
        ),
        (
            "Owners",
            {
                "fields": (
                    ("owner", "next_due_at", "next_due_kind"),
                    ("primary", "backup", "escalation_owner"),
                    ("level", "hops", "expected_by"),
                )
            },
        ),
        (
            "Clocks",
            {
                "fields": (
                    ("opened_at", "acknowledge_by", "resolve_by"),
                    ("acknowledged_at", "acknowledged_by", "resolved_at", "closed_at"),
                    ("promise_at", "last_touch_at", "wake_at", "remind_at", "reminders"),
                )
            },
        ),
        ("Rank", {"fields": (("rank_at", "rank_base_at", "rerank_at"), "reasons_shown")}),
        ("Facts", {"fields": (("template", "version", "source_seen_at"), "risk_shown", "facts_shown")}),
    )
    readonly_fields = ("page", "risk_shown", "facts_shown", "reasons_shown")
