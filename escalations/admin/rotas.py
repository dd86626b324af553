"""Rotas and absences as the database has them; they are changed on the page of rotas, by verbs."""

from django.contrib import admin

from escalations.admin.base import RecordAdmin
from escalations.models import Absence, Rota, RotaLayer, RotaOverride


@admin.register(Rota)
class RotaAdmin(RecordAdmin):
    """Duties, by name."""

    list_display = ("name", "key", "time_zone")
    search_fields = ("name", "key")
    fields = ("key", "name", "time_zone")


@admin.register(RotaLayer)
class RotaLayerAdmin(RecordAdmin):
    """Turns of a rota, the lowest layer first."""

    list_display = ("rota", "position", "name", "starts_on", "hand_over_at", "turn_hours")
    list_select_related = ("rota",)
    search_fields = ("name", "rota__name", "rota__key")


@admin.register(RotaOverride)
class RotaOverrideAdmin(RecordAdmin):
    """Who held a rota against its layers."""

    list_display = ("rota", "person", "starts_at", "ends_at", "origin", "reason", "cancelled_at")
    list_filter = ("origin",)
    list_select_related = ("rota", "person")
    search_fields = ("rota__name", "person__name", "reason")


@admin.register(Absence)
class AbsenceAdmin(RecordAdmin):
    """Who is away, and when their work was moved."""

    list_display = ("person", "starts_at", "ends_at", "deputy", "reason", "moved_at", "returned_at")
    list_select_related = ("person", "deputy")
    search_fields = ("person__name", "reason")
