"""Deliveries: what arrived, byte for byte."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import block, pretty
from escalations.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    """Read only; a body is shown as text, never as a page."""

    list_display = ("id", "source", "received_at", "verdict", "key")
    list_filter = ("source",)
    list_select_related = ("source",)
    search_fields = ("key",)
    search_help_text = "The sender's id of the delivery"
    headers_shown = pretty("headers", "headers")
    fieldsets = (
        (None, {"fields": (("source", "received_at"), ("verdict", "key"))}),
        ("What arrived", {"fields": ("headers_shown", "body_shown", "sha256")}),
    )
    readonly_fields = ("headers_shown", "body_shown")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Delivery]":
        """A list needs no bodies; the page of one reads its own."""
        rows: QuerySet[Delivery] = super().get_queryset(request)
        return rows.defer("body", "headers")

    @admin.display(description="body")
    def body_shown(self, delivery: Delivery) -> SafeString | str:
        """The bytes as UTF-8, what is none of it replaced."""
        return block(bytes(delivery.body).decode(errors="replace").replace("\x00", "\ufffd"))
