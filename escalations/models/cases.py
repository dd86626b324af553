"""Where judgement is needed: one question, one named person, one deadline."""

from django.db import models
from django.db.models import Q

from escalations.domain.reasons import Reason
from escalations.models.escalations import Escalation
from escalations.models.people import Person
from escalations.models.sources import Source
from opsportal.audit.history import HistoricalRecords


class Case(models.Model):
    """An exception: what is unclear, who decides, by when, what is known and what was decided."""

    class State(models.TextChoices):
        OPEN = "open"
        CLAIMED = "claimed"
        DECIDED = "decided"

    reason = models.CharField(max_length=30, choices=[(code.value, code.words) for code in Reason])
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    question = models.CharField(max_length=300)
    subject = models.CharField(max_length=200, blank=True, help_text="Whom or what it is about.")
    key = models.CharField(max_length=220, help_text="Like signals join one waiting case under this key.")
    escalation = models.ForeignKey(Escalation, models.PROTECT, null=True, related_name="cases")
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+", db_index=False)
    field = models.CharField(max_length=80, blank=True)
    known = models.JSONField(default=dict, help_text="says: [{source, value, at, signal}], made: {}, missing: []")
    answers = models.JSONField(default=list, help_text="Suggested: [{key, title, why, effect: {}, answer: {}}]")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="cases")
    due_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    claimed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    claimed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    decision = models.JSONField(null=True)
    decision_reason = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True, help_text="The line resumes then; undo is possible until then.")
    applied_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    alike = models.CharField(max_length=160, default="", help_text="Cases that ask the same thing share this.")
    answered = models.CharField(max_length=160, default="", help_text="Decisions that say the same share this.")

    history = HistoricalRecords()

    class Meta:
        ordering = ("due_at", "id")
        constraints = [
            models.UniqueConstraint(fields=("key",), condition=~Q(state="decided"), name="one_waiting_case_a_key"),
            models.CheckConstraint(
                condition=~Q(state="decided")
                | Q(decided_at__isnull=False, decision__isnull=False) & ~Q(decision_reason=""),
                name="decided_says_what_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=("due_at", "id"), name="case_waiting", condition=~Q(state="decided")),
            models.Index(
                fields=("effective_at",),
                name="case_to_apply",
                condition=Q(state="decided", applied_at__isnull=True),
            ),
            models.Index(fields=("decided_at",), name="case_decided", condition=Q(state="decided")),
            models.Index(
                fields=("alike", "decided_at", "answered"), name="case_decided_alike", condition=Q(state="decided")
            ),
            models.Index(fields=("alike", "due_at", "id"), name="case_waiting_alike", condition=~Q(state="decided")),
            models.Index(fields=("owner", "due_at", "id"), name="case_of_owner", condition=~Q(state="decided")),
            models.Index(fields=("reason", "due_at", "id"), name="case_of_reason", condition=~Q(state="decided")),
            models.Index(
                fields=("wake_at",), name="case_snoozed", condition=Q(wake_at__isnull=False) & ~Q(state="decided")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.question}"

    @property
    def reference(self) -> str:
        """How people name the case."""
        return f"EXC-{self.pk}"
