"""Teams and who stands in for whom."""

from django.contrib import admin

from escalations.admin.base import FormAdmin, RecordAdmin
from escalations.models import Membership, Team
from opsportal.lib.adminkit import PlainTabularInline


class Members(PlainTabularInline):
    """The first present member takes the work."""

    model = Membership
    fields = ("position", "person")
    autocomplete_fields = ("person",)


@admin.register(Team)
class TeamAdmin(FormAdmin):
    """A plain form with its members in their order."""

    list_display = ("name", "key")
    search_fields = ("name", "key")
    fields = (("name", "key"),)
    inlines = (Members,)


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    """Places in teams, to be read; they are given in the team's form."""

    list_display = ("team", "position", "person")
    list_filter = ("team",)
    list_select_related = ("team", "person")
    search_fields = ("person__name", "team__name")
