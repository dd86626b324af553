"""Backtests and pilots: what versions would have done."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty
from escalations.models import Backtest, BacktestRow


@admin.register(Backtest)
class BacktestAdmin(RecordAdmin):
    """Read only; runs are started from a version."""

    list_display = ("id", "kind", "version", "state", "done", "total", "started_at", "ended_at")
    list_filter = ("kind", "state")
    list_select_related = ("version__document",)
    report_shown = pretty("report", "report")
    fieldsets = (
        (None, {"fields": (("kind", "version", "baseline"), ("since", "until"), ("state", "done", "total"))}),
        ("What it found", {"fields": ("report_shown", "digest", "fault")}),
        ("Run", {"fields": (("started_by", "started_at"), ("beat_at", "ended_at"), "version_digest")}),
    )
    readonly_fields = ("report_shown",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Backtest]":
        """What a run carries from step to step is nothing to read."""
        rows: QuerySet[Backtest] = super().get_queryset(request)
        return rows.defer("ledger", "tally")


@admin.register(BacktestRow)
class BacktestRowAdmin(RecordAdmin):
    """One signal of a run: what happened, and what would have."""

    list_display = ("id", "backtest", "signal", "at", "outcome", "changed")
    list_filter = ("changed", "outcome")
    list_select_related = ("backtest", "signal")
    before_shown = pretty("before", "what happened")
    after_shown = pretty("after", "what the version would have done")
    fieldsets = (
        (None, {"fields": (("backtest", "signal", "at"), ("outcome", "changed"), "before_shown", "after_shown")}),
    )
    readonly_fields = ("before_shown", "after_shown")
