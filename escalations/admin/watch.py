"""Who watches the clocks, and whether the queue answers."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty
from escalations.models import Canary, Lease


@admin.register(Lease)
class LeaseAdmin(RecordAdmin):
    """Read only."""

    list_display = ("name", "holder", "until", "beat_at")
    data_shown = pretty("data", "particulars")
    ordering = ("name",)
    fields = (("name", "holder"), ("until", "beat_at"), "data_shown")
    readonly_fields = ("data_shown",)


@admin.register(Canary)
class CanaryAdmin(RecordAdmin):
    """Read only."""

    list_display = ("holder", "number", "asked_at", "answered_at")
    ordering = ("holder",)
    fields = ("holder", "number", ("asked_at", "answered_at"))
