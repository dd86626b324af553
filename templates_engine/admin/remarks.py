"""Remarks: what was said about a version, in its order."""

from django.contrib import admin

from opsportal.lib.adminkit import ViewOnlyAdmin
from templates_engine.models import Remark


@admin.register(Remark)
class RemarkAdmin(ViewOnlyAdmin):
    """Read only: a discussion is added to, never changed."""

    list_display = ("version", "by", "at", "path", "text")
    list_select_related = ("version__document", "by")
    search_fields = ("version__document__title", "text")
    fields = ("version", "by", "at", "path", "text")
