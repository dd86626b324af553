"""Sources: the systems that send us signals, and whether we listen."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action

from escalations.admin.base import FormAdmin
from escalations.models import Source
from escalations.services.sources import connect
from escalations.sources.registry import KINDS
from opsportal.audit.acting import acting
from opsportal.lib.adminkit import after_act


def _dialog(title: str, description: str, button: str) -> Any:
    return {"title": title, "description": description, "form_submit_text": button}


@admin.register(Source)
class SourceAdmin(FormAdmin):
    """Settings in a plain form. Its kind and address stay; a secret is made when it is connected, and shown once."""

    list_display = ("name", "slug", "kind", "state", "mapping_key", "unsigned")
    list_filter = ("state", "kind")
    search_fields = ("name", "slug")
    actions_detail = ("resume", "pause", "disable")
    fieldsets = (
        (None, {"fields": (("name", "state"), ("kind", "slug", "unsigned"))}),
        ("Reading", {"fields": ("mapping_key", "key_path", "max_bytes")}),
    )
    add_fieldsets = (
        (None, {"fields": ("kind", ("slug", "name"), "mapping_key", "key_path")}),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Connecting asks for less than there is to set afterwards."""
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The address and the signature scheme of a source never change: senders depend on them."""
        return ("kind", "slug", "unsigned") if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The kinds that there are, not a word to guess."""
        if db_field.name == "kind":
            db_field.choices = [(kind, kind) for kind in sorted(KINDS)]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """A new source is connected by the verb, which makes its secret; settings of an old one are saved."""
        if change:
            with acting(reason=request.POST.get("_reason", "").strip()[:500] or "source changed"):
                obj.save()
            return
        made, secret = connect(
            kind=obj.kind, slug=obj.slug, name=obj.name, mapping_key=obj.mapping_key, key_path=obj.key_path
        )
        obj.pk, obj.sealed_secrets, obj._state.adding = made.pk, made.sealed_secrets, False
        messages.warning(request, f"The secret, shown this once: {secret}  It sends to /in/{made.slug}/")

    def _become(self, request: HttpRequest, object_id: int, state: str, reason: str) -> HttpResponse:
        source = self.get_object(request, str(object_id))
        if source is not None and source.state != state:
            source.state = state
            with acting(reason=reason):
                source.save(update_fields=["state"])
            messages.success(request, f"{source} is {state} now.")
        return after_act(request, reverse("admin:escalations_source_change", args=[object_id]))

    @action(
        description="Resume",
        permissions=["change"],
        dialog=_dialog("Listen to this source again?", "Its deliveries are taken and processed.", "Resume"),
    )
    def resume(self, request: HttpRequest, form: Any, object_id: int) -> HttpResponse:
        """Deliveries are taken and processed."""
        return self._become(request, object_id, Source.State.ACTIVE, "source resumed")

    @action(
        description="Pause",
        permissions=["change"],
        dialog=_dialog("Pause this source?", "Deliveries are kept, and wait until it is resumed.", "Pause"),
    )
    def pause(self, request: HttpRequest, form: Any, object_id: int) -> HttpResponse:
        """Deliveries are kept, and wait until it is resumed."""
        return self._become(request, object_id, Source.State.PAUSED, "source paused")

    @action(
        description="Disable",
        permissions=["change"],
        dialog=_dialog("Disable this source?", "Its deliveries are turned away from now on.", "Disable"),
    )
    def disable(self, request: HttpRequest, form: Any, object_id: int) -> HttpResponse:
        """Its deliveries are turned away."""
        return self._become(request, object_id, Source.State.DISABLED, "source disabled")
