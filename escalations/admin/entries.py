"""Entries: the timeline in sentences."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty, to_page
from escalations.models import Entry


@admin.register(Entry)
class EntryAdmin(RecordAdmin):
    """Read only."""

    list_display = ("at", "actor", "verb", "text", "record", "question")
    list_display_links = ("at", "text")
    search_fields = ("=act", "actor", "text")
    record = to_page("escalation", "desk-record", "record")
    question = to_page("case", "review-case", "case")
    data_shown = pretty("data", "particulars")
    fields = (("record", "question"), ("at", "actor", "verb"), "text", "data_shown", "act")
    readonly_fields = ("record", "question", "data_shown")
