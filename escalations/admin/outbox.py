"""The outbox: messages and each try to send them."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import action

from escalations.admin.base import RecordAdmin
from escalations.admin.shown import block, to_page
from escalations.models import Attempt, Message
from escalations.services import outbox
from opsportal.lib.adminkit import after_act

_WHERE = ("page", "record", "question")


@admin.register(Message)
class MessageAdmin(RecordAdmin):
    """Read only, but for another try of what failed."""

    list_display = ("subject", "to", "channel", "state", "attempts", "created_at", "sent_at")
    list_filter = ("state", "channel")
    list_select_related = ("person", "destination")
    search_fields = ("subject", "person__name", "destination__name")
    actions_detail = ("retry",)
    page = to_page("pk", "message", "in the outbox")
    record = to_page("escalation", "desk-record", "record")
    question = to_page("case", "review-case", "case")
    fieldsets = (
        (None, {"fields": (_WHERE, ("person", "destination"), ("channel", "state"), "subject", "text")}),
        ("Sending", {"fields": (("attempts", "next_try_at", "leased_until"), ("created_at", "sent_at"), "error")}),
        ("Keeping", {"fields": ("key",)}),
    )
    readonly_fields = ("page", "record", "question", "text")

    @admin.display(description="text")
    def text(self, message: Message) -> SafeString | str:
        """What is sent, line by line."""
        return block(message.body)

    @action(
        description="Try again",
        permissions=["act"],
        dialog={
            "title": "Send this message once more?",
            "description": "Only a message that failed is tried again.",
            "form_submit_text": "Try again",
        },
    )
    def retry(self, request: HttpRequest, form: Any, object_id: int) -> HttpResponse:
        """Another try of a message that failed."""
        if Message.objects.filter(pk=object_id, state=Message.State.FAILED).exists():
            outbox.retry(message_id=object_id, now=timezone.now())
            messages.success(request, "It is tried again within seconds.")
        else:
            messages.info(request, "It has not failed; nothing to try again.")
        return after_act(request, reverse("admin:escalations_message_change", args=[object_id]))


@admin.register(Attempt)
class AttemptAdmin(RecordAdmin):
    """Read only."""

    list_display = ("at", "message", "number", "ok", "detail")
    list_filter = ("ok",)
    list_select_related = ("message",)
    search_fields = ("detail",)
    ordering = ("-id",)
    fields = (("message", "number"), ("at", "ok"), "detail")
