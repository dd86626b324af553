"""Clocks are rows: the queue only wakes somebody to look at them."""

from django.db import models
from django.db.models import Q

from escalations.models.cases import Case
from escalations.models.escalations import Escalation


class Timer(models.Model):
    """Something that happens once, at `due_at` or a little later, never earlier."""

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge"
        RESOLVE = "resolve"
        EXPECTED = "expected", "hand-off time"
        PROMISE = "promise"
        WAKE = "wake"
        REMIND = "remind"
        RERANK = "rerank"
        DECIDE = "decide"
        STEP = "step"

    class State(models.TextChoices):
        PENDING = "pending"
        FIRED = "fired"
        CANCELLED = "cancelled"

    escalation = models.ForeignKey(Escalation, models.PROTECT, null=True, related_name="timers", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="timers", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    generation = models.PositiveBigIntegerField()
    urgency = models.PositiveSmallIntegerField(default=1, help_text="0 is swept first when many are late.")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    fired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(escalation__isnull=False, case__isnull=True)
                | Q(escalation__isnull=True, case__isnull=False),
                name="timer_of_one_record",
            ),
            models.CheckConstraint(
                condition=~Q(state="fired") | Q(fired_at__isnull=False, fired_at__gte=models.F("due_at")),
                name="timer_never_early",
            ),
            models.UniqueConstraint(fields=("escalation", "kind", "generation"), name="escalation_timer_once"),
            models.UniqueConstraint(fields=("case", "kind", "generation"), name="case_timer_once"),
        ]
        indexes = [
            models.Index(fields=("urgency", "due_at"), name="timer_due", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.due_at:%Y-%m-%d %H:%M:%S}"
