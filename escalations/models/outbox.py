"""Everything that leaves the building: a row first, then a send, then its proof."""

from django.db import models
from django.db.models import Q

from escalations.models.cases import Case
from escalations.models.destinations import Destination
from escalations.models.escalations import Escalation
from escalations.models.people import Person
from templates_engine.models import Version


class Message(models.Model):
    """A message to one person or one system, under a key that makes it one and the same for ever."""

    class State(models.TextChoices):
        HELD = "held"
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"

    key = models.CharField(max_length=200, unique=True)
    escalation = models.ForeignKey(Escalation, models.PROTECT, null=True, related_name="messages")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="messages")
    version = models.ForeignKey(
        Version, models.PROTECT, null=True, related_name="+", help_text="The document's version it is about."
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="messages", db_index=False)
    destination = models.ForeignKey(Destination, models.PROTECT, null=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=20)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    most_attempts = models.PositiveSmallIntegerField(null=True, help_text="Where its step says so; else the usual.")
    back_off_s = models.PositiveIntegerField(null=True, help_text="Seconds before its second try; then doubling.")
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, destination__isnull=True)
                | Q(person__isnull=True, destination__isnull=False),
                name="message_to_one",
            ),
        ]
        indexes = [
            models.Index(fields=("next_try_at",), name="outbox_due", condition=Q(state="pending")),
            models.Index(fields=("leased_until",), name="outbox_leased", condition=Q(state="sending")),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def to(self) -> Person | Destination | None:
        """Whom it goes to: one of the two is always there."""
        return self.person or self.destination


class Attempt(models.Model):
    """One try to send a message, and what came back."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    ok = models.BooleanField()
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("message_id", "number")
        constraints = [models.UniqueConstraint(fields=("message", "number"), name="attempt_once")]

    def __str__(self) -> str:
        return f"try {self.number}: {self.detail}"
