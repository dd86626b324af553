"""What a customer was told to expect, and by when."""

from django.db import models
from django.db.models import Q

from escalations.models.escalations import Escalation
from escalations.models.people import Person
from opsportal.audit.history import HistoricalRecords


class Promise(models.Model):
    """A promised customer update: a clock, not a hope."""

    class State(models.TextChoices):
        OPEN = "open"
        KEPT = "kept"
        LATE = "late", "kept late"
        MOVED = "moved"
        WITHDRAWN = "withdrawn"

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="promises")
    to_whom = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("escalation",), condition=Q(state="open"), name="one_live_promise")
        ]

    def __str__(self) -> str:
        return f"{self.text} by {self.due_at:%Y-%m-%d %H:%M}"
