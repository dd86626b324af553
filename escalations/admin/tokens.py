"""Keys to the REST API, and what was asked under an idempotency key."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import pretty
from escalations.models import ReplayedRequest, Token
from escalations.services import tokens
from opsportal.lib.adminkit import after_act


@admin.register(Token)
class TokenAdmin(RecordAdmin):
    """Read only, but for its end; neither the token nor its hash is shown."""

    list_display = ("id", "user", "name", "created_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    actions_detail = ("revoke",)
    fields = (("user", "name"), ("created_at", "revoked_at"))

    @action(
        description="Revoke",
        permissions=["act"],
        dialog={
            "title": "Revoke this token?",
            "description": "Whatever uses it is turned away from now on. This can not be taken back.",
            "form_submit_text": "Revoke",
        },
    )
    def revoke(self, request: HttpRequest, form: Any, object_id: int) -> HttpResponse:
        """The token opens nothing any more."""
        token = Token.objects.filter(pk=object_id, revoked_at=None).first()
        if token is not None:
            tokens.revoke(token=token, now=timezone.now())
            messages.success(request, "The token is revoked.")
        return after_act(request, reverse("admin:escalations_token_change", args=[object_id]))


@admin.register(ReplayedRequest)
class ReplayedRequestAdmin(RecordAdmin):
    """Read only."""

    list_display = ("at", "user", "key", "status")
    list_select_related = ("user",)
    search_fields = ("key",)
    ordering = ("-id",)
    answer_shown = pretty("answer", "answer")
    fields = (("user", "at"), ("key", "status"), "answer_shown", "request_digest")
    readonly_fields = ("answer_shown",)
