"""Hand-offs: every change of the next owner."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import to_page
from escalations.models import Handoff


@admin.register(Handoff)
class HandoffAdmin(RecordAdmin):
    """Read only; handing off is on the Desk."""

    list_display = ("at", "record", "how", "from_person", "to_person", "reason", "expected_by")
    list_filter = ("how",)
    list_select_related = ("from_person", "to_person")
    search_fields = ("reason", "to_person__name")
    record = to_page("escalation", "desk-record", "record")
    fields = (("record", "at", "how"), ("from_person", "to_person", "expected_by"), "reason")
    readonly_fields = ("record",)
