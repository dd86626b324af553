"""Rejections: what was turned away; its body was never kept."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.models import Rejection


@admin.register(Rejection)
class RejectionAdmin(RecordAdmin):
    """Read only."""

    list_display = ("at", "source", "reason", "length")
    list_filter = ("source",)
    list_select_related = ("source",)
    search_fields = ("reason",)
    fields = (("source", "at"), ("reason", "length"), "sha256")
