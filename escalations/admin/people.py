"""People: who can be the next owner."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import ChoiceField
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from escalations.admin.base import FormAdmin, WordsForm
from escalations.models import Person
from escalations.services.people import save_person
from opsportal.lib.zones import zones
from templates_engine.queries import MissingDocument, active_documents


def _last_owner() -> str:
    """Whom the ownership policy names; nobody while a fresh portal has no such document."""
    try:
        return active_documents().ownership.last_owner
    except MissingDocument:
        return ""


class PersonForm(WordsForm):
    """A person, held to what the ownership policy says of its last owner."""

    time_zone = ChoiceField(choices=zones, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Person
        fields = (
            "username", "name", "title", "email", "slack_url", "time_zone", "is_active", "user",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The last owner stays active under the name that the policy knows."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        last = _last_owner()
        was = self.initial.get("username")
        if last and was == last and values.get("username", last) != last:
            self.add_error("username", ValidationError("the ownership policy names this person as the last owner"))
        if last and last in (was, values.get("username")) and values.get("is_active") is False:
            self.add_error(
                "is_active",
                ValidationError("the ownership policy names this person as the last owner: name another first"),
            )
        return values


@admin.register(Person)
class PersonAdmin(FormAdmin):
    """A plain form; leaving the company makes inactive, nobody is removed."""

    form = PersonForm
    list_display = ("name", "username", "title", "email", "time_zone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "username", "email", "title")
    autocomplete_fields = ("user",)
    fieldsets = (
        (None, {"fields": (("name", "username"), ("title", "time_zone"), "is_active")}),
        ("Where messages go", {"fields": ("email", "slack_url")}),
        ("Login", {"fields": ("user",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Whose login a person is decides in whose name acts are done: only who changes logins may say so."""
        return () if request.user.has_perm("auth.change_user") else ("user",)

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Through the verb."""
        save_person(person=obj)
