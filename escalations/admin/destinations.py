"""Destinations: the systems and shared channels that steps may send to."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest

from escalations.admin.base import FormAdmin
from escalations.models import Destination
from escalations.services.destinations import connect
from opsportal.audit.acting import acting


@admin.register(Destination)
class DestinationAdmin(FormAdmin):
    """Settings in a plain form. Its key and kind stay; a system's secret is made here, and shown once."""

    list_display = ("name", "key", "kind", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "key")
    fieldsets = ((None, {"fields": (("name", "is_active"), ("key", "kind"), "url", "link")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Templates name the key: it stays what it is."""
        return ("key", "kind") if obj else ()

    def save_model(self, request: HttpRequest, obj: Destination, form: Any, change: bool) -> None:
        """The verb checks the address and makes the secret."""
        active = obj.is_active
        made, secret = connect(key=obj.key, kind=obj.kind, name=obj.name, url=obj.url, link=obj.link)
        if made.is_active != active or made.link != obj.link:
            made.is_active, made.link = active, obj.link
            with acting(reason=request.POST.get("_reason", "").strip()[:500] or "destination changed"):
                made.save()
        obj.pk, obj.sealed_secret, obj._state.adding = made.pk, made.sealed_secret, False
        if secret:
            messages.warning(request, f"The secret, shown this once: {secret}  It checks our signature with it.")
