"""Versions: the text as its author wrote it, who signed it, and when it was at work."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from opsportal.lib.adminkit import ViewOnlyAdmin
from templates_engine.models import Version


@admin.register(Version)
class VersionAdmin(ViewOnlyAdmin):
    """Read only: a version moves by the lifecycle's verbs."""

    list_display = ("document", "number", "state", "origin", "author", "approved_by", "activated_at", "emergency")
    list_filter = ("state", "origin", "emergency", "document__kind")
    list_select_related = ("document", "author", "approved_by")
    search_fields = ("document__title", "document__key", "digest")
    fields = (
        ("document", "number", "state", "origin"),
        "as_written",
        ("author", "created_at", "based_on"),
        ("submitted_by", "submitted_at", "intent"),
        ("approved_by", "approved_at", "comment"),
        ("activate_at", "activated_by", "activated_at", "running"),
        ("pilot_mode", "pilot_team", "pilot_since"),
        ("emergency", "second_by", "second_at", "second_due_at"),
        ("retired_at",),
        ("digest", "approved_digest", "problems"),
    )
    readonly_fields = ("as_written",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """A list of versions needs neither texts nor bodies."""
        rows: QuerySet[Version] = super().get_queryset(request)
        return rows.defer("body")

    @display(description="Text")
    def as_written(self, version: Version) -> SafeString:
        """The YAML with its comments and line breaks."""
        return format_html('<pre class="whitespace-pre-wrap">{}</pre>', version.text)
