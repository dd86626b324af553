"""Contributions: who had a hand in which version, so that nobody signs their own."""

from django.contrib import admin

from opsportal.lib.adminkit import ViewOnlyAdmin
from templates_engine.models import Contribution


@admin.register(Contribution)
class ContributionAdmin(ViewOnlyAdmin):
    """Read only, and added to by the verbs alone."""

    list_display = ("version", "user", "at")
    list_select_related = ("version__document", "user")
    search_fields = ("version__document__title", "user__username")
    fields = ("version", "user", "at")
